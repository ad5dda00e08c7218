package org.zeuxis.image.film;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.zeuxis.image.Image;

/**
 * A video that FFmpeg encodes for a test: frame i is a grey that tells its number, but for a dark bar at the left edge.
 *
 * @param frames how many
 * @param rate how many a second
 * @param apart every how many frames one is a key frame
 * @param turned clockwise, in degrees, as by a camera
 */
record MadeFilm(int frames, int rate, int apart, int turned) {
    static final int WIDTH = 32;
    static final int HEIGHT = 16;
    private static final int STEP = 5; // of luma, from one frame to the next

    /** At 10 frames a second. */
    static MadeFilm of(int frames) {
        return new MadeFilm(frames, 10, 4, 0);
    }

    /** Which frame a picture is. */
    static int number(Image frame) {
        double luma = 16 + frame.sample(frame.width() - 4, frame.height() - 4, 1) * 219 / 255.0;
        return (int) Math.round((luma - 32) / STEP);
    }

    /** Writes it in the container that the file's name ends with. */
    Path write(Path file) throws IOException {
        boolean open = file.toString().matches(".*\\.(webm|ogg|ogv)");
        AVFormatContext muxer = muxer(file);
        AVCodec codec = avcodec.avcodec_find_encoder(open ? avcodec.AV_CODEC_ID_VP8 : avcodec.AV_CODEC_ID_MPEG4);
        AVCodecContext encoder = avcodec.avcodec_alloc_context3(codec);
        AVRational tick = new AVRational().num(1).den(rate);
        encoder.width(WIDTH).height(HEIGHT).pix_fmt(avutil.AV_PIX_FMT_YUV420P).time_base(tick);
        encoder.framerate(new AVRational().num(rate).den(1)).gop_size(apart).bit_rate(2_000_000);
        if ((muxer.oformat().flags() & avformat.AVFMT_GLOBALHEADER) != 0) {
            encoder.flags(encoder.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        expect(avcodec.avcodec_open2(encoder, codec, new AVDictionary(null)));
        AVStream stream = avformat.avformat_new_stream(muxer, codec);
        expect(avcodec.avcodec_parameters_from_context(stream.codecpar(), encoder));
        stream.time_base(tick).avg_frame_rate(encoder.framerate());
        if (turned != 0) turn(stream);
        begin(muxer, file);
        AVFrame frame = avutil.av_frame_alloc();
        for (int i = 0; i < frames; i++) {
            draw(frame, i);
            expect(avcodec.avcodec_send_frame(encoder, frame));
            avutil.av_frame_unref(frame);
            drain(encoder, muxer, stream);
        }
        expect(avcodec.avcodec_send_frame(encoder, new AVFrame(null)));
        drain(encoder, muxer, stream);
        avutil.av_frame_free(frame);
        avcodec.avcodec_free_context(encoder);
        return end(muxer, file);
    }

    /** A second of silence, with no picture. */
    static Path silence(Path file) throws IOException {
        AVFormatContext muxer = muxer(file);
        AVStream stream = avformat.avformat_new_stream(muxer, new AVCodec(null));
        stream.codecpar().codec_type(avutil.AVMEDIA_TYPE_AUDIO).codec_id(avcodec.AV_CODEC_ID_PCM_S16LE);
        stream.codecpar()
                .sample_rate(8000)
                .bits_per_coded_sample(16)
                .block_align(2)
                .bit_rate(128_000);
        avutil.av_channel_layout_default(stream.codecpar().ch_layout(), 1);
        begin(muxer, file);
        AVPacket packet = avcodec.av_packet_alloc();
        expect(avcodec.av_new_packet(packet, 16_000));
        packet.data().put(new byte[16_000]);
        packet.pts(0).dts(0).stream_index(0).flags(avcodec.AV_PKT_FLAG_KEY);
        expect(avformat.av_interleaved_write_frame(muxer, packet));
        avcodec.av_packet_free(packet);
        return end(muxer, file);
    }

    private static AVFormatContext muxer(Path file) throws IOException {
        FFmpeg.expectPresent(file);
        AVFormatContext muxer = new AVFormatContext(null);
        expect(avformat.avformat_alloc_output_context2(
                muxer, new AVOutputFormat(null), (String) null, file.toString()));
        return muxer;
    }

    private static void begin(AVFormatContext muxer, Path file) throws IOException {
        AVIOContext bytes = new AVIOContext(null);
        expect(avformat.avio_open(bytes, "file:" + file, avformat.AVIO_FLAG_WRITE));
        muxer.pb(bytes);
        expect(avformat.avformat_write_header(muxer, new AVDictionary(null)));
    }

    private static Path end(AVFormatContext muxer, Path file) throws IOException {
        expect(avformat.av_write_trailer(muxer));
        avformat.avio_close(muxer.pb());
        avformat.avformat_free_context(muxer);
        return file;
    }

    private static void draw(AVFrame frame, int i) throws IOException {
        frame.format(avutil.AV_PIX_FMT_YUV420P).width(WIDTH).height(HEIGHT).pts(i);
        expect(avutil.av_frame_get_buffer(frame, 0));
        for (int plane = 0; plane < 3; plane++) {
            byte[] row = new byte[plane == 0 ? WIDTH : WIDTH / 2];
            Arrays.fill(row, (byte) (plane == 0 ? 32 + STEP * i : 128));
            if (plane == 0) Arrays.fill(row, 0, 8, (byte) 16);
            for (int y = 0; y < (plane == 0 ? HEIGHT : HEIGHT / 2); y++) {
                frame.data(plane).position((long) y * frame.linesize(plane)).put(row);
            }
        }
    }

    private void turn(AVStream stream) {
        int[] matrix = new int[9];
        avutil.av_display_rotation_set(matrix, turned);
        AVPacketSideData all = new AVPacketSideData(null);
        int[] count = {0};
        AVPacketSideData made = avcodec.av_packet_side_data_new(all, count, avcodec.AV_PKT_DATA_DISPLAYMATRIX, 36, 0);
        made.data()
                .capacity(36)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asIntBuffer()
                .put(matrix);
        stream.codecpar().coded_side_data(all).nb_coded_side_data(count[0]);
    }

    private static void drain(AVCodecContext encoder, AVFormatContext muxer, AVStream stream) throws IOException {
        AVPacket packet = avcodec.av_packet_alloc();
        while (avcodec.avcodec_receive_packet(encoder, packet) >= 0) {
            packet.duration(1);
            avcodec.av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
            packet.stream_index(stream.index());
            expect(avformat.av_interleaved_write_frame(muxer, packet));
        }
        avcodec.av_packet_free(packet);
    }

    private static void expect(int result) throws IOException {
        if (result < 0) throw new IOException(FFmpeg.words(result));
    }
}
