package org.zeuxis.models.flamingo;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.image.Image;

/**
 * Words with pictures and videos between them: at each {@code <image>} the next one is shown. Examples of what is wanted come
 * first, each ended by {@code <|endofchunk|>}.
 *
 * @param text with a mark for each medium
 * @param media in the order of their marks, each a list of frames; a picture is one frame
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 2.4
 */
public record Prompt(String text, List<List<Image>> media) {
    /** Where a picture or video is shown. */
    public static final String MARK = "<image>";

    /** What ends an example. */
    public static final String END = "<|endofchunk|>";

    /** @throws IllegalArgumentException unless there is a mark for each medium, and a frame in each */
    public Prompt {
        media = media.stream().map(List::copyOf).toList();
        int marks = text.split(MARK, -1).length - 1;
        if (marks != media.size()) {
            throw new IllegalArgumentException("expected one " + MARK + " in the text for each picture, got " + marks
                    + " of them and " + media.size() + " pictures; "
                    + (marks < media.size() ? "write it where each is shown" : "give a picture for each"));
        }
        if (media.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("expected at least 1 frame of each video, got one of none");
        }
    }

    /** Of pictures. */
    public static Prompt of(String text, List<Image> pictures) {
        return new Prompt(text, pictures.stream().map(List::of).toList());
    }

    /** Media alone, each a list of frames. */
    static Prompt showing(List<List<Image>> media) {
        return new Prompt(MARK.repeat(media.size()), media);
    }

    /** This, and then another. */
    public Prompt then(Prompt next) {
        List<List<Image>> all = new ArrayList<>(media);
        all.addAll(next.media);
        return new Prompt(text + next.text, all);
    }
}
