package org.zeuxis.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** One file on its way into the cache: gathers in {@code HASH.incomplete}, goes on where it was cut, is checked, is moved. */
record Download(HubClient client, ModelName model, String commit, RemoteFile file, PullProgress progress) {
    /** How often in a row nothing at all may come. */
    private static final int ATTEMPTS = 3;

    private static final int PIECE = 1 << 16;

    /** @param blob where the content is to be; made, with its folder */
    void into(Path blob) throws IOException {
        Files.createDirectories(HubCache.parent(blob));
        Path incomplete = blob.resolveSibling(blob.getFileName() + ".incomplete");
        if (size(incomplete) > file.size()) Files.delete(incomplete);
        int inVain = 0;
        while (size(incomplete) < file.size()) {
            long before = size(incomplete);
            try {
                go(incomplete, before);
            } catch (HubException | FileSystemException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                inVain = size(incomplete) > before ? 0 : inVain + 1;
                if (inVain == ATTEMPTS) throw cut(incomplete, e);
                pause(inVain);
            }
        }
        check(incomplete);
        Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void go(Path incomplete, long before) throws IOException {
        HttpResponse<InputStream> answer = client.content(model, commit, file.path(), before);
        try (InputStream body = answer.body();
                FileChannel out = FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                StallWatch watch = new StallWatch(body, client.patience())) {
            String range = answer.headers().firstValue("Content-Range").orElse("");
            boolean goesOn = answer.statusCode() == 206 && range.startsWith("bytes " + before + "-");
            long at = goesOn ? before : 0;
            out.truncate(at);
            out.position(at);
            if (answer.statusCode() != 200 && !goesOn) {
                throw new IOException(
                        "status " + answer.statusCode() + " where bytes from " + before + " were asked for");
            }
            byte[] piece = new byte[PIECE];
            for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
                watch.moved();
                if (at + n > file.size()) throw longer(incomplete, out);
                ByteBuffer bytes = ByteBuffer.wrap(piece, 0, n);
                while (bytes.hasRemaining()) at += out.write(bytes);
                progress.received(file.path(), at, file.size());
            }
            if (at < file.size()) throw new IOException("the connection ended");
            out.force(true);
        }
    }

    private HubException longer(Path incomplete, FileChannel out) throws IOException {
        out.close();
        Files.deleteIfExists(incomplete);
        return new HubException(
                name() + ": expected " + file.size() + " bytes, got more, which were thrown away; pull again");
    }

    private HubException cut(Path incomplete, IOException e) throws IOException {
        return new HubException(
                name() + ": expected " + file.size() + " bytes, got " + size(incomplete) + " (" + OneLine.of(e)
                        + "); pull again, it goes on from there",
                e);
    }

    private void check(Path incomplete) throws IOException {
        // an empty file was never asked for
        if (!Files.exists(incomplete)) Files.createFile(incomplete);
        if (file.hash().isOf(incomplete)) return;
        String came = file.hash().like(incomplete);
        Files.delete(incomplete);
        throw new HubException(
                name() + ": expected content of hash " + file.hash().hex() + ", got " + came
                        + ", which was thrown away; pull again, and if it happens again do not trust the server");
    }

    private String name() {
        return file.path() + " of " + model;
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static void pause(int inVain) throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(500L * inVain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }
}
