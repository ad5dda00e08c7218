package org.zeuxis.image.film;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;
import org.zeuxis.tensor.runtime.NativeLibraries;

/** Whether FFmpeg is there, and what it says when something is wrong. */
final class FFmpeg {
    /** The dependency that brings it, of the version whose JavaCPP is LibTorch's. */
    static final String DEPENDENCY = "org.bytedeco:ffmpeg:8.0.1-1.5.13";

    private FFmpeg() {}

    /**
     * Loads it.
     *
     * @param path of the video that needs it
     * @throws IOException if it is not on the class path, in one line
     */
    static void expectPresent(Path path) throws IOException {
        try {
            NativeLibraries.unpack();
            Loader.load(avutil.class);
            Loader.load(avcodec.class);
            Loader.load(avformat.class);
            Loader.load(swscale.class);
            avutil.av_log_set_level(avutil.AV_LOG_QUIET);
        } catch (LinkageError e) {
            throw new IOException(
                    path + ": expected FFmpeg on the class path to read a video, got none; add " + DEPENDENCY + " and "
                            + DEPENDENCY + ":" + Loader.Detector.getPlatform()
                            + " (./zeuxis does where ZEUXIS_VIDEO=1 is set), or name a folder with a PNG, JPEG or WebP"
                            + " of each frame",
                    e);
        }
    }

    /** What an error means, in its own words. */
    static String words(int error) {
        byte[] text = new byte[128];
        avutil.av_strerror(error, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) end++;
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }
}
