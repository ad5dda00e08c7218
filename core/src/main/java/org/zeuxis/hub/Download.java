package org.zeuxis.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.zeuxis.hub.client.Attempts;
import org.zeuxis.hub.client.Body;
import org.zeuxis.hub.client.BusyException;
import org.zeuxis.hub.client.HubClient;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.ModelName;
import org.zeuxis.hub.client.OneLine;
import org.zeuxis.hub.client.RemoteFile;

/** One file on its way into the cache: gathers in {@code HASH.incomplete}, goes on where it was cut, is checked, is moved. */
record Download(HubClient client, ModelName model, String commit, RemoteFile file, PullProgress progress) {
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-.*");

    /** @param blob where the content is to be; made, with its folder */
    void into(Path blob) throws IOException {
        Files.createDirectories(HubCache.parent(blob));
        Path incomplete = blob.resolveSibling(blob.getFileName() + ".incomplete");
        if (size(incomplete) > file.size()) Files.delete(incomplete);
        Attempts attempts = new Attempts(client.patience());
        // a server that does not go on where it was cut makes it shorter again
        long most = size(incomplete);
        while (size(incomplete) < file.size()) {
            try {
                attempt(incomplete, size(incomplete));
            } catch (HubException | FileSystemException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                long now = size(incomplete);
                if (now - most >= worthwhile(file.size() - most)) attempts.worthwhile();
                most = Math.max(most, now);
                if (!attempts.again(e)) throw cut(now, e);
            }
        }
        check(incomplete);
        Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** How many bytes an attempt has to bring so that it was no failure: a server could send one each time. */
    private long worthwhile(long lacking) {
        return Math.max(1, Math.min(client.patience().leastBytes(), lacking / 10));
    }

    private void attempt(Path incomplete, long before) throws IOException {
        HttpResponse<Body> answer = client.content(model, commit, file.path(), before);
        try (Body body = answer.body();
                PartialFile out = PartialFile.open(incomplete)) {
            out.truncate(start(answer, before));
            if (answer.statusCode() == 416) throw new IOException("the server has no bytes from " + before + " on");
            for (List<ByteBuffer> piece = body.next(); !piece.isEmpty(); piece = body.next()) {
                for (ByteBuffer bytes : piece) {
                    if (out.size() + bytes.remaining() > file.size()) throw longer(out);
                    out.append(bytes);
                }
                progress.received(file.path(), out.size(), file.size());
            }
            if (out.size() < file.size()) throw new IOException("the connection ended");
            out.force();
        }
    }

    /** Which byte the answer begins with. */
    private static long start(HttpResponse<Body> answer, long before) throws IOException {
        if (answer.statusCode() != 206) return 0;
        String range = answer.headers().firstValue("Content-Range").orElse("");
        Matcher from = RANGE.matcher(range);
        if (from.matches() && Long.parseLong(from.group(1)) <= before) return Long.parseLong(from.group(1));
        throw new IOException("expected bytes from " + before + ", got \"" + OneLine.of(range) + "\"");
    }

    private HubException longer(PartialFile out) throws IOException {
        out.delete();
        return new HubException(
                name() + ": expected " + file.size() + " bytes, got more, which were thrown away; pull again");
    }

    private HubException cut(long size, IOException e) {
        if (e instanceof BusyException busy) return busy.refusal();
        return new HubException(
                name() + ": expected " + file.size() + " bytes, got " + size + " (" + OneLine.of(e)
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
}
