package org.zeuxis.app.describe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.zeuxis.app.search.PictureFile;
import org.zeuxis.image.Video;
import org.zeuxis.image.codec.VideoFile;

/** What a person shows: a picture, or a video as {@link VideoFile} reads it. */
@FunctionalInterface
interface Shown {
    /** What picocli says of it. */
    String KINDS =
            "Pictures (PNG, JPEG, WebP, GIF or BMP) and videos (an animated GIF, a folder with a PNG, JPEG or WebP of"
                    + " each frame, in the order of their names, or, with FFmpeg on the class path, an MP4, QuickTime,"
                    + " Matroska, WebM, AVI, MPEG-TS or Ogg).";

    /** How the names of videos end that {@link VideoFile} does not read, and of those that it does. */
    Set<String> FILMS = Set.of(
            "mp4", "m4v", "mov", "mkv", "webm", "avi", "ts", "m2ts", "ogv", "mpg", "mpeg", "vob", "wmv", "flv", "m3u8",
            "mpd");

    /** Some frames of a video, spread evenly; a picture is one. */
    Video frames(int most) throws IOException;

    /** @throws IOException if there is no such thing, or it is none of these, in one line */
    static Shown open(Path path) throws IOException {
        if (VideoFile.isOne(path)) {
            VideoFile video = VideoFile.open(path);
            if (video.frames() > 1 || !video.isAnimation()) return video::read;
        }
        String name = path.toString();
        String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (Files.exists(path) && FILMS.contains(end)) {
            throw new IOException(
                    path + ": expected a video in MP4, QuickTime, Matroska, WebM, AVI, MPEG-TS or Ogg, got none"
                            + " of these, and playlists are not followed; ffmpeg -i FILE video.mp4 converts others");
        }
        Video picture = Video.of(PictureFile.read(path));
        return most -> picture;
    }
}
