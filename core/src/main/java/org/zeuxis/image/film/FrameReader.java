package org.zeuxis.image.film;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.zeuxis.image.Image;

/** A video file open in FFmpeg, and the frame that is shown at the time it was last sent to. */
final class FrameReader implements AutoCloseable {
    /** Further ahead than this, in seconds, it looks for a key frame rather than decode all between. */
    private static final double LEAP = 4;

    /** Where nothing is found in so many bytes, as in the holes of a file that was half fetched, it ends. */
    private static final long MOST_BETWEEN = 1L << 26;

    private static final AVIOInterruptCB.Callback_Pointer IMPATIENCE = new AVIOInterruptCB.Callback_Pointer() {
        @Override
        public int call(Pointer reader) {
            AVFormatContext file = new AVFormatContext(reader);
            boolean isOpen = file.pb() != null;
            return isOpen && file.pb().bytes_read() > new LongPointer(file.opaque()).get() ? 1 : 0;
        }
    };

    private static final String CONTAINERS = String.join(
            ",", Arrays.stream(Container.values()).map(c -> c.demuxer).toList());
    private static final int ROUNDING =
            swscale.SWS_BICUBIC | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INT | swscale.SWS_FULL_CHR_H_INP;

    private final Path path;
    private final AVFormatContext file = avformat.avformat_alloc_context();
    private final LongPointer limit = new LongPointer(1); // of bytes that are read
    private final AVPacket packet = avcodec.av_packet_alloc();
    private final AVFrame shown = avutil.av_frame_alloc();
    private final AVFrame ahead = avutil.av_frame_alloc();
    private AVCodecContext decoder = new AVCodecContext(null);
    private AVStream stream = new AVStream(null);
    private boolean isShown;
    private boolean isAhead;
    private boolean drained; // the file has no more packets
    private int error; // the last of the decoder

    private FrameReader(Path path) {
        this.path = path;
    }

    /**
     * @param pixels how many a frame may have; 0 if none is decoded
     * @throws IOException if it cannot be opened, or has no moving picture, in one line
     */
    static FrameReader open(Path path, Container container, long pixels) throws IOException {
        FrameReader reader = new FrameReader(path);
        try {
            reader.demux(container);
            if (pixels > 0) reader.decode(pixels);
            return reader;
        } catch (IOException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private void demux(Container container) throws IOException {
        patience();
        file.opaque(limit);
        file.interrupt_callback().callback(IMPATIENCE).opaque(file);
        AVDictionary options = new AVDictionary(null);
        avutil.av_dict_set(options, "protocol_whitelist", "file", 0);
        avutil.av_dict_set(options, "format_whitelist", CONTAINERS, 0);
        AVInputFormat format = avformat.av_find_input_format(container.demuxer);
        // the name as it is, whatever address it looks like
        try (BytePointer name = new BytePointer("file:" + path.toAbsolutePath(), StandardCharsets.UTF_8)) {
            expect(avformat.avformat_open_input(file, name, format, options), "opened");
        } finally {
            avutil.av_dict_free(options);
        }
        patience();
        expect(avformat.avformat_find_stream_info(file, (PointerPointer<?>) null), "read");
        int index = avformat.av_find_best_stream(file, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, new AVCodec(null), 0);
        if (index < 0 || (file.streams(index).disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0) {
            throw new IOException(path + ": expected a video, got a file without a moving picture, such as sound alone;"
                    + " name another");
        }
        stream = file.streams(index);
        for (int i = 0; i < file.nb_streams(); i++) {
            if (i != index) file.streams(i).discard(avcodec.AVDISCARD_ALL);
        }
    }

    private void decode(long pixels) throws IOException {
        AVCodecParameters coded = stream.codecpar();
        AVCodec codec = avcodec.avcodec_find_decoder(coded.codec_id());
        if (codec == null) {
            throw new IOException(path + ": expected a video that FFmpeg decodes, got one in "
                    + avcodec.avcodec_get_name(coded.codec_id()).getString() + "; convert it, to H.264 for instance");
        }
        decoder = avcodec.avcodec_alloc_context3(codec);
        expect(avcodec.avcodec_parameters_to_context(decoder, coded), "decoded");
        decoder.pkt_timebase(stream.time_base());
        decoder.max_pixels(pixels);
        decoder.thread_count(0);
        expect(avcodec.avcodec_open2(decoder, codec, (PointerPointer<?>) null), "decoded");
    }

    private void expect(int result, String done) throws IOException {
        if (result >= 0) return;
        throw new IOException(path + ": expected a whole, sound video, but it cannot be " + done + " ("
                + FFmpeg.words(result) + "); fetch it again");
    }

    int width() {
        return stream.codecpar().width();
    }

    int height() {
        return stream.codecpar().height();
    }

    /** Turned by quarters only: 1, 6, 3 or 8 of EXIF. */
    int orientation() {
        AVCodecParameters coded = stream.codecpar();
        AVPacketSideData matrix = avcodec.av_packet_side_data_get(
                coded.coded_side_data(), coded.nb_coded_side_data(), avcodec.AV_PKT_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.size() < 36) return 1;
        int[] numbers = new int[9];
        matrix.data()
                .capacity(36)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asIntBuffer()
                .get(numbers);
        double clockwise = -avutil.av_display_rotation_get(numbers);
        if (Double.isNaN(clockwise)) return 1;
        return new int[] {1, 6, 3, 8}[Math.floorMod(Math.round(clockwise / 90), 4)];
    }

    /** When each frame is shown, by reading on to the end; where there are more than {@code most}, as the header tells. */
    long[] times(int most) throws IOException {
        long[] all = new long[most];
        int count = 0;
        while (read()) {
            long time = time();
            boolean seen =
                    isOurs() && (packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) == 0 && time != avutil.AV_NOPTS_VALUE;
            avcodec.av_packet_unref(packet);
            if (!seen) continue;
            if (count == most) return toldTimes(most);
            all[count++] = time;
        }
        return Arrays.stream(all, 0, count).sorted().distinct().toArray();
    }

    /** When each frame is shown, or {@code most} of them, as the header tells. */
    long[] toldTimes(int most) throws IOException {
        double seconds =
                stream.duration() > 0 ? stream.duration() * tick() : file.duration() / (double) avutil.AV_TIME_BASE;
        AVRational rate = avformat.av_guess_frame_rate(file, stream, new AVFrame(null));
        double told = stream.nb_frames() > 0 ? stream.nb_frames() : seconds * rate.num() / Math.max(1, rate.den());
        if (!(seconds > 0 && told > 0)) {
            throw new IOException(path + ": expected a video that tells its length, or at most " + most + " frames in "
                    + (Film.READ_WHOLE >> 20) + " MiB, got a longer one; make it shorter");
        }
        int count = (int) Math.min(most, Math.max(1, Math.round(told)));
        long[] all = new long[count];
        // the middle of each, as times are rounded
        for (int i = 0; i < count; i++) all[i] = start() + (long) (seconds * (i + 0.5) / count / tick());
        return all;
    }

    private long start() {
        return stream.start_time() == avutil.AV_NOPTS_VALUE ? 0 : stream.start_time();
    }

    /** One tick, in seconds. */
    private double tick() {
        return stream.time_base().num() / (double) stream.time_base().den();
    }

    /**
     * Goes on to the frame that is shown at a time, the last one if that is later.
     *
     * @param time not before any that it was sent to earlier
     * @return whether it is another one than before
     */
    boolean goTo(long time) {
        boolean first = !isShown;
        long before = first ? start() : shown.best_effort_timestamp();
        boolean sought = isWorthSeeking(before, time);
        if (sought) seek(time);
        boolean fits = !first && !sought; // what is shown may be what is looked for
        while (!(fits && shown.best_effort_timestamp() == time) && (isAhead || next())) {
            if (fits && ahead.best_effort_timestamp() > time) break;
            avutil.av_frame_unref(shown);
            avutil.av_frame_move_ref(shown, ahead);
            isShown = true;
            isAhead = false;
            fits = true;
        }
        return first ? isShown : shown.best_effort_timestamp() != before;
    }

    /** Whether a key frame is known to be nearer, or may be. */
    private boolean isWorthSeeking(long before, long time) {
        if ((time - before) * tick() <= LEAP) return false;
        AVIndexEntry key =
                avformat.avformat_index_get_entry_from_timestamp(stream, time, avformat.AVSEEK_FLAG_BACKWARD);
        return key == null || key.timestamp() > before;
    }

    /** Goes to the last key frame up to a time; where a container does not know where these are, further and further back. */
    private void seek(long time) {
        for (double back = 0; ; back = Math.max(LEAP, 2 * back)) {
            long to = Math.max(start(), time - Math.round(back / tick()));
            patience();
            if (avformat.av_seek_frame(file, stream.index(), to, avformat.AVSEEK_FLAG_BACKWARD) < 0) return;
            avcodec.avcodec_flush_buffers(decoder);
            isAhead = false;
            drained = false;
            if (feed(true) <= time || to == start()) return;
        }
    }

    /** Decodes the frame {@code ahead}; false at the end. */
    private boolean next() {
        while (true) {
            int got = avcodec.avcodec_receive_frame(decoder, ahead);
            if (got >= 0) return isAhead = true;
            if (got == avutil.AVERROR_EOF()) return false;
            if (drained) {
                error = got;
                return false;
            }
            feed(false);
        }
    }

    /**
     * Gives the decoder the next packet, or tells it that there are no more.
     *
     * @param key whether it must begin with a key frame
     * @return when it is shown; later than all where there is none
     */
    private long feed(boolean key) {
        while (read()) {
            boolean wanted = isOurs() && (!key || (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0);
            long time = time();
            int sent = wanted ? avcodec.avcodec_send_packet(decoder, packet) : 0;
            avcodec.av_packet_unref(packet);
            if (sent < 0) error = sent; // one damaged packet is left out, as players do
            if (wanted) return time;
        }
        drained = true;
        avcodec.avcodec_send_packet(decoder, new AVPacket(null));
        return Long.MAX_VALUE;
    }

    private boolean read() {
        patience();
        return avformat.av_read_frame(file, packet) >= 0;
    }

    private boolean isOurs() {
        return packet.stream_index() == stream.index();
    }

    /** When the packet is shown, in ticks. */
    private long time() {
        return packet.pts() == avutil.AV_NOPTS_VALUE ? packet.dts() : packet.pts();
    }

    /** From here on so many bytes may be read before something is found. */
    private void patience() {
        limit.put((file.pb() == null ? 0 : file.pb().bytes_read()) + MOST_BETWEEN);
    }

    /** Why a frame could not be decoded, in brackets; nothing if there was no error. */
    String lastError() {
        return error == 0 ? "" : " (" + FFmpeg.words(error) + ")";
    }

    /** The frame that is shown, as it is stored. */
    Image image() throws IOException {
        int width = shown.width();
        int height = shown.height();
        SwsContext conversion = swscale.sws_alloc_context();
        AVFrame rgb = avutil.av_frame_alloc();
        try {
            conversion.flags(ROUNDING);
            rgb.format(avutil.AV_PIX_FMT_RGB24).width(width).height(height);
            expect(avutil.av_frame_get_buffer(rgb, 0), "decoded");
            expect(swscale.sws_scale_frame(conversion, rgb, shown), "decoded");
            byte[] samples = new byte[width * height * 3];
            BytePointer rows = rgb.data(0);
            for (int y = 0; y < height; y++) {
                rows.position((long) y * rgb.linesize(0)).get(samples, y * width * 3, width * 3);
            }
            return new Image(width, height, 3, samples);
        } finally {
            avutil.av_frame_free(rgb);
            swscale.sws_free_context(conversion);
        }
    }

    @Override
    public void close() {
        avutil.av_frame_free(shown);
        avutil.av_frame_free(ahead);
        avcodec.av_packet_free(packet);
        if (!decoder.isNull()) avcodec.avcodec_free_context(decoder);
        if (!file.isNull()) avformat.avformat_close_input(file);
        limit.close();
    }
}
