package org.zeuxis.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.file.UnfinishedFile;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Words;

/**
 * The folder in which one training run keeps its last few {@linkplain TrainingState states}, each one file that is complete
 * or not there: whenever the process is killed, the state before remains.
 *
 * <p>One process at a time writes to it.
 */
public final class RunFolder {
    private static final Pattern STATE = Pattern.compile("state-(\\d{1,18})\\.safetensors");
    private static final Pattern KEY = Pattern.compile("([^/]+)/(.+)", Pattern.DOTALL);
    private static final String STEP = "zeuxis.step";
    private static final String GROUPS = "zeuxis.groups";
    private static final String CHECKSUM = "zeuxis.checksum";
    private static final String NOTE = "note.";

    private final Path folder;
    private final int kept;

    /**
     * @param folder made at the first {@link #save}
     * @param kept how many of the newest states stay; older ones are deleted after each save
     */
    public RunFolder(Path folder, int kept) {
        if (kept < 1) throw new IllegalArgumentException("expected to keep at least 1 state, got " + kept);
        this.folder = folder;
        this.kept = kept;
    }

    public Path path() {
        return folder;
    }

    /** Whether there is nothing in it yet, or it is not there. */
    public boolean isEmpty() throws IOException {
        return files().isEmpty();
    }

    /**
     * A state with its tensors mapped from the file, and what was passed over to get to it.
     *
     * @param leftovers unfinished or unreadable files in the folder, a sentence about each
     */
    public record Found(Optional<TrainingState> newest, List<String> leftovers) {}

    /**
     * Writes {@code state}, then deletes what is older than the last few and what killed processes left behind.
     *
     * @param every the last few are of those at multiples of so many steps; of all others only the newest stays
     * @return the file
     * @throws IOException if the disk refuses; earlier states are then untouched
     */
    public Path save(TrainingState state, long every) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        state.groups().forEach((group, members) -> members.forEach((key, x) -> tensors.put(group + "/" + key, x)));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put(STEP, Long.toString(state.step()));
        metadata.put(CHECKSUM, checksum(state));
        metadata.put(GROUPS, String.join("/", state.groups().keySet()));
        state.notes().forEach((note, text) -> metadata.put(NOTE + note, text));
        Path file = folder.resolve(String.format(Locale.ROOT, "state-%09d.safetensors", state.step()));
        SafetensorsWriter.write(file, tensors, metadata);
        for (Path old : older(state.step(), every)) deleteIfPossible(old);
        for (Path leftover : unfinished()) deleteIfPossible(leftover);
        return file;
    }

    /** The same where every state is one of the last few. */
    public Path save(TrainingState state) throws IOException {
        return save(state, 1);
    }

    /** The newest state that is complete, if there is one. */
    public Found find() throws IOException {
        return find(states());
    }

    /** The newest complete one at a multiple of {@code every} steps, or else of all. */
    public Found findEvery(long every) throws IOException {
        Found found =
                find(states().stream().filter(file -> stepOf(file) % every == 0).toList());
        return found.newest().isPresent() ? found : find();
    }

    private Found find(List<Path> states) throws IOException {
        List<String> leftovers = new ArrayList<>();
        for (Path file : unfinished()) leftovers.add(file + ": left unfinished when a process was killed; not used");
        for (Path file : states) {
            try {
                return new Found(Optional.of(read(file)), leftovers);
            } catch (IOException e) {
                leftovers.add(e.getMessage());
            }
        }
        return new Found(Optional.empty(), leftovers);
    }

    /** Reads one state; its tensors are mapped, and stay valid when the file is deleted. */
    public static TrainingState read(Path file) throws IOException {
        try (Safetensors weights = Safetensors.open(file)) {
            Map<String, String> metadata = weights.metadata();
            String step = metadata.get(STEP);
            if (step == null || !step.matches("\\d{1,18}")) {
                throw new IOException(file + ": expected a training state, got a safetensors file without " + STEP
                        + "; open it with Safetensors");
            }
            Map<String, Map<String, Tensor>> groups = new LinkedHashMap<>();
            for (String group : metadata.getOrDefault(GROUPS, "").split("/")) {
                if (!group.isEmpty()) groups.put(group, new TreeMap<>());
            }
            for (String name : weights.names()) {
                Matcher key = KEY.matcher(name);
                Map<String, Tensor> group = key.matches() ? groups.get(key.group(1)) : null;
                if (group == null) {
                    throw new IOException(file + ": expected tensors of the groups " + groups.keySet() + ", got "
                            + Words.clean(name) + "; open it with Safetensors");
                }
                group.put(key.group(2), weights.tensor(name).outliving());
            }
            Map<String, String> notes = new TreeMap<>();
            metadata.forEach((key, text) -> {
                if (key.startsWith(NOTE)) notes.put(key.substring(NOTE.length()), text);
            });
            TrainingState state = new TrainingState(Long.parseLong(step), groups, notes);
            if (!checksum(state).equals(metadata.get(CHECKSUM))) {
                throw new IOException(file + ": expected what was written, got other bytes; it is damaged");
            }
            return state;
        }
    }

    /** Of all that is in it, so that bytes that a disk has changed are noticed. */
    private static String checksum(TrainingState state) {
        Digest digest = Digest.sha256().with(state.step() + "\n");
        state.groups()
                .forEach((group, tensors) -> new TreeMap<>(tensors)
                        .forEach((key, x) -> digest.with(
                                        group + "/" + key + Arrays.toString(x.shape()) + x.dtype() + "\n")
                                .with(x)));
        new TreeMap<>(state.notes()).forEach((note, text) -> digest.with(note + "=" + text + "\n"));
        return digest.hex();
    }

    /** The files of all states, newest first. */
    public List<Path> states() throws IOException {
        return files().stream()
                .filter(file -> stepOf(file) >= 0)
                .sorted(Comparator.comparingLong(RunFolder::stepOf).reversed())
                .toList();
    }

    /** States up to {@code step} that need not stay. Later ones, of a run that was set back, do not count. */
    private List<Path> older(long step, long every) throws IOException {
        List<Path> older = new ArrayList<>(
                states().stream().filter(file -> stepOf(file) < step).toList());
        older.removeAll(states().stream()
                .filter(file -> stepOf(file) <= step && stepOf(file) % every == 0)
                .limit(kept)
                .toList());
        return older;
    }

    private List<Path> unfinished() throws IOException {
        return files().stream()
                .filter(file -> nameOf(file).startsWith(UnfinishedFile.PREFIX)
                        && nameOf(file).contains("-state-"))
                .toList();
    }

    private List<Path> files() throws IOException {
        if (!Files.exists(folder)) return List.of();
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        } catch (NotDirectoryException e) {
            throw new IOException(folder + ": expected a run's folder, got a file; choose another path", e);
        }
    }

    private static long stepOf(Path file) {
        Matcher state = STATE.matcher(nameOf(file));
        return state.matches() ? Long.parseLong(state.group(1)) : -1;
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static void deleteIfPossible(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Windows keeps a file whose tensors are still mapped; the next save tries again
        }
    }
}
