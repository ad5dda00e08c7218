package org.zeuxis.eval.drawbench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;

/**
 * The answers of all raters, one a line, in a file that only grows: an answer is on the disk before {@link #append} returns,
 * and whatever ends the process then takes none away. Of several answers to the same question the last counts.
 */
public final class AnswerLog implements AutoCloseable {
    private static final String NAME = "answers.jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String run;
    private final FileChannel channel;
    private final Map<Key, Answer> answers = new LinkedHashMap<>();

    private record Key(String rater, int prompt, Question question) {
        private static Key of(Answer answer) {
            return new Key(answer.rater(), answer.prompt(), answer.question());
        }
    }

    private AnswerLog(Path file, Comparison comparison, FileChannel channel) {
        this.file = file;
        run = comparison.fingerprint();
        this.channel = channel;
    }

    /**
     * Opens the log of a folder, to be the only one that writes it; what a power cut left of a last line goes.
     *
     * @throws IOException if another process writes it, or it holds answers to other prompts
     */
    public static AnswerLog open(Path folder, Comparison comparison) throws IOException {
        Path file = folder.resolve(NAME);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (lock(channel) == null) {
                throw new IOException(folder + ": expected to be the only one that takes answers for it, got another"
                        + " rating that runs; open its page, where several can rate at once");
            }
            AnswerLog log = new AnswerLog(file, comparison, channel);
            // by this channel: to close another one of the file would give the lock back
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) continue;
            int end = end(bytes.array());
            for (Answer answer : parse(file, bytes.array(), comparison)) log.answers.put(Key.of(answer), answer);
            channel.truncate(end);
            channel.position(end);
            return log;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // by this very process
        }
    }

    /**
     * The answers in a folder so far, without those that were taken back.
     *
     * @throws IOException if a line is none, or answers other prompts, which names it
     */
    public static List<Answer> read(Path folder, Comparison comparison) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) return List.of();
        return parse(file, Files.readAllBytes(file), comparison);
    }

    /** Where the last line that was written to its end ends. */
    private static int end(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') end--;
        return end;
    }

    private static List<Answer> parse(Path file, byte[] bytes, Comparison comparison) throws IOException {
        Map<Key, Answer> answers = new LinkedHashMap<>();
        String run = comparison.fingerprint();
        List<String> lines =
                new String(bytes, 0, end(bytes), StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Answer answer = parse(
                    file + ", line " + (i + 1),
                    lines.get(i),
                    run,
                    comparison.prompts().size());
            answers.put(Key.of(answer), answer);
        }
        return List.copyOf(answers.values());
    }

    private static Answer parse(String place, String line, String run, int prompts) throws IOException {
        Config c = Config.parse(place, line);
        if (!c.text("run").equals(run)) {
            throw new IOException(place + ": expected answers to the pictures of this folder, got one of another run;"
                    + " move the file away");
        }
        try {
            Answer answer = new Answer(
                    c.text("rater"),
                    c.integer("prompt") - 1,
                    Answer.named(Question.class, c.text("question")),
                    Answer.named(Preference.class, c.text("prefers")),
                    Answer.named(Preference.class, c.text("left")));
            if (answer.prompt() < 0 || answer.prompt() >= prompts) {
                throw new IllegalArgumentException("expected prompt 1 to " + prompts + ", got " + c.integer("prompt"));
            }
            c.refuseUnread();
            return answer;
        } catch (IllegalArgumentException e) {
            throw new IOException(place + ": " + e.getMessage(), e);
        }
    }

    /** Writes an answer to the disk. */
    public synchronized void append(Answer answer) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rater", answer.rater());
        fields.put("prompt", answer.prompt() + 1);
        fields.put("question", answer.question().word());
        fields.put("prefers", answer.preference().word());
        fields.put("left", answer.left().word());
        fields.put("run", run);
        long end = channel.position();
        try {
            ByteBuffer line =
                    ByteBuffer.wrap((JSON.writeValueAsString(fields) + "\n").getBytes(StandardCharsets.UTF_8));
            while (line.hasRemaining()) channel.write(line);
            channel.force(true);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer could not be written as JSON", e);
        } catch (IOException e) {
            channel.truncate(end);
            throw new IOException(
                    file + ": expected a disk that takes the answer, got '" + e.getMessage() + "'; make room", e);
        }
        answers.put(Key.of(answer), answer);
    }

    /** What a rater has said so far. */
    public synchronized List<Answer> of(String rater) {
        List<Answer> own = new ArrayList<>();
        for (Answer answer : answers.values()) if (answer.rater().equals(rater)) own.add(answer);
        return own;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
