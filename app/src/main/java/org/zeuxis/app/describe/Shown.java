package org.zeuxis.app.describe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.zeuxis.app.search.PictureFile;
import org.zeuxis.image.Video;
import org.zeuxis.image.codec.VideoFile;

/** What a person shows: a picture, an animated GIF, or a folder with the frames of a video. */
@FunctionalInterface
interface Shown {
    /** What picocli says of it. */
    String KINDS = "Pictures (PNG, JPEG, WebP, GIF or BMP) and videos (an animated GIF, or a folder with a PNG, JPEG or"
            + " WebP of each frame, in the order of their names).";

    Set<String> FILMS = Set.of("mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "wmv", "ogv");

    /** Some frames of a video, spread evenly; a picture is one. */
    Video frames(int most) throws IOException;

    /** @throws IOException if there is no such thing, or it is none of these, in one line */
    static Shown open(Path path) throws IOException {
        if (VideoFile.isOne(path)) {
            VideoFile video = VideoFile.open(path);
            if (video.frames() > 1 || Files.isDirectory(path)) return video::read;
        }
        String name = path.toString();
        String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (Files.exists(path) && FILMS.contains(end)) {
            throw new IOException(
                    path + ": expected a picture, an animated GIF or a folder of frames, got a video file, which"
                            + " Zeuxis does not read yet; mkdir frames && ffmpeg -i '" + path
                            + "' -vf fps=1 frames/%04d.png makes such a folder");
        }
        Video picture = Video.of(PictureFile.read(path));
        return most -> picture;
    }
}
