package org.zeuxis.train.recipe.flamingo;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.zeuxis.config.Config;
import org.zeuxis.data.pictogram.scene.AskedScenes;
import org.zeuxis.data.pictogram.scene.MovingScenes;

/**
 * What the documents of a training are of.
 *
 * @param captions share of captions among the documents of pictures; the others are questions and answers
 * @param repeats share, among captions of two pictures or more, of those whose last picture shows what an earlier one does
 * @param invented share, among documents of two pictures or more, of those that give what they show names that no language has,
 *     and ask for one of them again
 * @param videos share of the batches whose documents are questions about one or two videos
 * @param shots most pictures of a document
 * @param frames of a video; 0 where there are pictures alone
 * @param questions about pictures: one of these kinds a document, as likely as it is often among them
 * @param moving about videos, likewise
 */
record DocumentMix(
        double captions,
        double repeats,
        double invented,
        double videos,
        int shots,
        int frames,
        List<AskedScenes.Kind> questions,
        List<MovingScenes.Kind> moving) {

    DocumentMix {
        if (shots < 1) throw new IllegalArgumentException("expected at least 1 shot, got " + shots);
        expectShare("captions", captions);
        expectShare("repeats", repeats);
        expectShare("invented", invented);
        expectShare("videos", videos);
        if (frames < 0) throw new IllegalArgumentException("expected no fewer than 0 frames, got " + frames);
        if (videos > 0 && frames < 2) {
            throw new IllegalArgumentException("expected at least 2 frames for a share of videos above 0, got " + frames
                    + "; set frames to 4, or leave out videos");
        }
    }

    /** Questions of all kinds alike. */
    DocumentMix(double captions, double repeats, double videos, int shots, int frames) {
        this(
                captions,
                repeats,
                0,
                videos,
                shots,
                frames,
                List.of(AskedScenes.Kind.values()),
                List.of(MovingScenes.Kind.values()));
    }

    private static void expectShare(String of, double share) {
        if (!(share >= 0 && share <= 1))
            throw new IllegalArgumentException("expected a share of " + of + " of 0 to 1, got " + share);
    }

    static DocumentMix from(Config c) {
        return new DocumentMix(
                c.number("captions", 0.4),
                c.number("repeats", 0),
                c.number("invented", 0),
                c.number("videos", 0),
                c.integer("shots", 4),
                c.integer("frames", 0),
                kinds(c, "questions", AskedScenes.Kind.values()),
                kinds(c, "moving", MovingScenes.Kind.values()));
    }

    private static <K extends Enum<K>> List<K> kinds(Config c, String key, K[] all) {
        List<String> known = Arrays.stream(all).map(DocumentMix::words).toList();
        List<String> asked = c.texts(key, known);
        if (asked.isEmpty() || !known.containsAll(asked)) {
            throw new IllegalArgumentException("expected " + key + " of some of " + known + ", got " + asked);
        }
        return asked.stream().map(kind -> all[known.indexOf(kind)]).toList();
    }

    private static String words(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
