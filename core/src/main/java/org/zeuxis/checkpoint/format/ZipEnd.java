package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The end of a ZIP archive, which says where the list of its parts begins: asked before they are listed, as a file of some
 * megabytes can name hundreds of thousands.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">the format</a>, 4.3.14 to 4.3.16
 */
final class ZipEnd {
    private static final long LONGEST_LIST = 4 << 20; // some 40,000 parts; published checkpoints have some thousand
    private static final int RECORD = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int LARGE_LOCATOR = 20;
    private static final int LARGE_RECORD = 56;
    /** Stands for a place that a record of large numbers has. */
    private static final long ELSEWHERE = 0xffffffffL;

    private ZipEnd() {}

    /** @throws IOException if there is none, or it announces more parts than a checkpoint has, in one line */
    static void expectShortList(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long from = Math.max(0, channel.size() - RECORD - LONGEST_COMMENT);
            ByteBuffer tail = SafetensorsHeader.read(channel, from, (int) (channel.size() - from));
            int at = tail.limit() - RECORD;
            while (at >= 0 && tail.getInt(at) != signature(5, 6)) at--;
            if (at < 0) throw refused(file, "something without a list of its parts");
            long list = Integer.toUnsignedLong(tail.getInt(at + 16));
            if (list == ELSEWHERE && from + at >= LARGE_LOCATOR) {
                ByteBuffer locator = SafetensorsHeader.read(channel, from + at - LARGE_LOCATOR, LARGE_LOCATOR);
                long place = locator.getLong(8);
                if (locator.getInt(0) == signature(6, 7) && place >= 0 && place <= channel.size() - LARGE_RECORD) {
                    list = SafetensorsHeader.read(channel, place, LARGE_RECORD).getLong(48);
                }
            }
            long length = from + at - list;
            if (length <= LONGEST_LIST) return;
            throw refused(
                    file,
                    "one whose list of parts takes " + length + " bytes, where at most " + LONGEST_LIST
                            + " are believed");
        }
    }

    private static int signature(int third, int fourth) {
        return 'P' | 'K' << 8 | third << 16 | fourth << 24;
    }

    private static IOException refused(Path file, String found) {
        return new IOException(
                file + ": expected an archive of torch.save, got " + found + "; download or save it again");
    }
}
