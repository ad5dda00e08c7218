package org.zeuxis.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.zeuxis.tensor.Tensor;

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
     * @return the file
     * @throws IOException if the disk refuses; earlier states are then untouched
     */
    public Path save(TrainingState state) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        state.groups().forEach((group, members) -> members.forEach((key, x) -> tensors.put(group + "/" + key, x)));
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put(STEP, Long.toString(state.step()));
        metadata.put(GROUPS, String.join("/", state.groups().keySet()));
        state.notes().forEach((note, text) -> metadata.put(NOTE + note, text));
        Path file = folder.resolve(String.format(Locale.ROOT, "state-%09d.safetensors", state.step()));
        SafetensorsWriter.write(file, tensors, metadata);
        for (Path old : older(state.step())) deleteIfPossible(old);
        for (Path leftover : unfinished()) deleteIfPossible(leftover);
        return file;
    }

    /** The newest state that is complete, if there is one. */
    public Found find() throws IOException {
        List<String> leftovers = new ArrayList<>();
        for (Path file : unfinished()) leftovers.add(file + ": left unfinished when a process was killed; not used");
        for (Path file : states()) {
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
            return new TrainingState(Long.parseLong(step), groups, notes);
        }
    }

    /** The files of all states, newest first. */
    public List<Path> states() throws IOException {
        return files().stream()
                .filter(file -> stepOf(file) >= 0)
                .sorted(Comparator.comparingLong(RunFolder::stepOf).reversed())
                .toList();
    }

    /** States beyond the last few up to {@code step}. Later ones, of a run that was set back, do not count. */
    private List<Path> older(long step) throws IOException {
        return states().stream().filter(file -> stepOf(file) <= step).skip(kept).toList();
    }

    private List<Path> unfinished() throws IOException {
        return files().stream()
                .filter(file -> nameOf(file).startsWith(AtomicFile.UNFINISHED)
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
