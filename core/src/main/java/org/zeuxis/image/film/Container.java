package org.zeuxis.image.film;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What kind of file a video lies in, told by how it begins. Only of these is FFmpeg shown any: none of them names other files or
 * addresses that would be opened, as playlists do.
 */
enum Container {
    /**
     * MP4 and QuickTime: boxes, each with its size and name.
     *
     * @see <a href="https://developer.apple.com/documentation/quicktime-file-format">QuickTime File Format</a>
     */
    MP4("mov") {
        @Override
        boolean begins(byte[] head) {
            String box = text(head, 4, 8);
            return FIRST_BOXES.contains(box) && !(box.equals("ftyp") && STILLS.contains(text(head, 8, 12)));
        }

        @Override
        long end(RandomAccessFile file) throws IOException {
            long at = 0;
            for (int box = 0; box < MOST_PARTS && at + 16 <= file.length(); box++) {
                file.seek(at);
                long size = file.readInt() & 0xffffffffL;
                file.skipBytes(4);
                if (size == 1) size = file.readLong();
                if (size < 8 || size > MOST_BYTES) return UNKNOWN; // the last one, up to the end, or not a box
                at += size;
            }
            return at;
        }
    },

    /**
     * Matroska and WebM: a header, and a segment with all the rest.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8794">RFC 8794</a>, sections 4 and 5
     */
    MATROSKA("matroska") {
        @Override
        boolean begins(byte[] head) {
            return text(head, 0, 4).equals("\u001aE\u00df\u00a3");
        }

        @Override
        long end(RandomAccessFile file) throws IOException {
            for (int i = 0; i < 2; i++) { // header, segment
                file.seek(file.getFilePointer() + 4);
                int first = file.readUnsignedByte();
                int more = Integer.numberOfLeadingZeros(first) - 24;
                if (more > 7) return UNKNOWN;
                long size = first & 0x7f >> more;
                boolean open = size == 0x7f >> more;
                for (int b = 0; b < more; b++) {
                    int next = file.readUnsignedByte();
                    open &= next == 0xff;
                    size = size << 8 | next;
                }
                if (open || size > MOST_BYTES) return UNKNOWN; // as of what was recorded live
                if (i == 1) return file.getFilePointer() + size;
                file.seek(file.getFilePointer() + size);
            }
            return UNKNOWN;
        }
    },

    /**
     * AVI: a chunk of RIFF, and further ones where one would be too large.
     *
     * @see <a href="https://learn.microsoft.com/en-us/windows/win32/directshow/avi-riff-file-reference">AVI RIFF file reference</a>
     */
    AVI("avi") {
        @Override
        boolean begins(byte[] head) {
            return text(head, 0, 4).equals("RIFF") && text(head, 8, 12).equals("AVI ");
        }

        @Override
        long end(RandomAccessFile file) throws IOException {
            long at = 0;
            byte[] name = new byte[4];
            for (int chunk = 0; chunk < MOST_PARTS && at + 12 <= file.length(); chunk++) {
                file.seek(at);
                file.readFully(name);
                long size = Integer.reverseBytes(file.readInt()) & 0xffffffffL;
                if (!text(name, 0, 4).equals("RIFF") || size == 0) break;
                at += 8 + size;
            }
            return at == 0 ? UNKNOWN : at;
        }
    },

    /**
     * MPEG transport streams: packets of 188 bytes, each of which begins with the letter G; a recording may begin and end anywhere.
     *
     * @see <a href="https://www.itu.int/rec/T-REC-H.222.0">H.222.0</a>, section 2.4.3
     */
    MPEG_TS("mpegts") {
        @Override
        boolean begins(byte[] head) {
            return head.length == HEAD && head[0] == 'G' && head[188] == 'G' && head[376] == 'G';
        }
    },

    /**
     * Ogg: pages.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc3533">RFC 3533</a>, section 6
     */
    OGG("ogg") {
        @Override
        boolean begins(byte[] head) {
            return text(head, 0, 4).equals("OggS");
        }
    };

    /** In words. */
    static final String ALL = "MP4, QuickTime, Matroska, WebM, AVI, MPEG-TS or Ogg";

    /** How many bytes of a file tell which one it is. */
    static final int HEAD = 377;

    private static final Set<String> FIRST_BOXES =
            Set.of("ftyp", "moov", "mdat", "moof", "wide", "free", "skip", "pnot");
    private static final Set<String> STILLS = Set.of("heic", "heix", "heim", "heis", "mif1", "avif");
    private static final long UNKNOWN = -1;
    private static final long MOST_BYTES = 1L << 50; // or the size is none
    private static final int MOST_PARTS = 100_000; // a second each, of more than a day

    /** What FFmpeg calls its reader of these. */
    final String demuxer;

    Container(String demuxer) {
        this.demuxer = demuxer;
    }

    abstract boolean begins(byte[] head);

    /** Where it says that the file ends; less than 0 if it does not. */
    long end(RandomAccessFile file) throws IOException {
        return UNKNOWN;
    }

    /** @param head at most {@link #HEAD} bytes from the beginning of a file; null if it is none of these */
    static @Nullable Container of(byte[] head) {
        return Arrays.stream(values())
                .filter(one -> one.begins(head))
                .findFirst()
                .orElse(null);
    }

    /** @throws IOException if the file ends before it says that it does, in one line */
    void expectWhole(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            long end = end(file);
            if (end <= file.length()) return;
            throw new IOException(path + ": expected a whole video of " + end + " bytes, got the first " + file.length()
                    + "; fetch it again");
        } catch (EOFException e) {
            throw new IOException(path + ": expected a whole video, got less than its header; fetch it again", e);
        }
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(
                bytes,
                Math.min(from, bytes.length),
                Math.max(0, Math.min(to, bytes.length) - from),
                StandardCharsets.ISO_8859_1);
    }
}
