package org.zeuxis.app.serve.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.hub.Found;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.machine.NoRoomToComputeException;

/**
 * Models with their weights in memory: opened when they are asked for, put away when nobody asked for a while, or when another
 * needs their memory. For the thread that computes.
 */
public final class OpenModels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenModels.class);
    private static final double ROOM = 1.25; // of its files, that a model takes in memory at most while it is opened

    private final Finding finding;
    private final Opening opening;
    private final Memory memory;
    private final Duration idle;
    private final Map<Key, Entry> byUse = new LinkedHashMap<>(); // the one used last is the last
    private volatile int count;

    /** What finds models. */
    public interface Finding {
        /** The classes of all that a name opens as. */
        List<Class<? extends AutoCloseable>> kinds(String name) throws IOException;

        <M extends AutoCloseable> Found<M> find(String name, Class<M> kind) throws IOException;
    }

    /** What reads their weights. */
    public interface Opening {
        <M extends AutoCloseable> M open(Found<M> found) throws IOException;
    }

    /** How much memory there is. */
    @FunctionalInterface
    public interface Memory {
        long available();
    }

    /** What is done with an open model. */
    @FunctionalInterface
    public interface Use<M, R> {
        R with(M model) throws Exception;
    }

    private record Key(String name, Class<?> opened) {
        boolean is(String other, Class<?> kind) {
            return name.equals(other) && kind.isAssignableFrom(opened);
        }
    }

    private record Entry(AutoCloseable model, long used) {}

    /** @param idle after how long without being asked for a model is put away */
    public OpenModels(Finding finding, Opening opening, Memory memory, Duration idle) {
        this.finding = finding;
        this.opening = opening;
        this.memory = memory;
        this.idle = idle;
    }

    /**
     * Does something with the model of this name; where memory is short, once more after all others are put away.
     *
     * @throws ApiException if it is of another kind
     * @throws NoRoomException or {@link NoRoomToComputeException} if there is too little memory for it alone
     */
    public <M extends AutoCloseable, R> R use(String name, Class<M> kind, Use<M, R> use) throws Exception {
        try {
            return use.with(open(name, kind));
        } catch (NoRoomException | NoRoomToComputeException e) {
            if (!putAwayOthers(name, kind)) throw e;
        }
        return use.with(open(name, kind));
    }

    /** Whether there was one. */
    private boolean putAwayOthers(String name, Class<?> kind) {
        List<Key> others =
                byUse.keySet().stream().filter(key -> !key.is(name, kind)).toList();
        for (Key key : others) putAway(key, "another needs its memory");
        count = byUse.size();
        return !others.isEmpty();
    }

    /**
     * The model of this name; it stays open at least until the next one is asked for.
     *
     * @throws ApiException if it is of another kind
     * @throws IOException if it cannot be read
     */
    <M extends AutoCloseable> M open(String name, Class<M> kind) throws IOException {
        for (Map.Entry<Key, Entry> each : byUse.entrySet()) {
            if (each.getKey().is(name, kind)) return used(name, kind.cast(each.getValue().model));
        }
        return used(name, read(name, kind));
    }

    /** Makes it the one used last. */
    private <M extends AutoCloseable> M used(String name, M model) {
        Key key = new Key(name, model.getClass());
        byUse.remove(key);
        byUse.put(key, new Entry(model, System.nanoTime()));
        count = byUse.size();
        return model;
    }

    private <M extends AutoCloseable> M read(String name, Class<M> kind) throws IOException {
        Found<M> found;
        try {
            found = finding.find(name, kind);
        } catch (IOException e) {
            throw ApiException.wrong("model", String.valueOf(e.getMessage()));
        }
        double needed = ROOM * size(found.path());
        while (memory.available() < needed && !byUse.isEmpty())
            putAway(byUse.keySet().iterator().next(), "memory is short");
        long began = System.nanoTime();
        M model = opening.open(found);
        LOG.info("opened {} in {} ms", name, (System.nanoTime() - began) / 1_000_000);
        return model;
    }

    private static long size(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) sum += Files.size(file);
            return sum;
        }
    }

    /** Puts away what nobody asked for in a while. */
    public void putAwayIdle() {
        for (Iterator<Map.Entry<Key, Entry>> all = byUse.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Key, Entry> each = all.next();
            if (System.nanoTime() - each.getValue().used < idle.toNanos()) continue;
            all.remove();
            close(each.getKey(), each.getValue(), "it was not asked for");
        }
        count = byUse.size();
    }

    /** Puts all of them away, as the memory is needed. */
    public void putAwayAll() {
        putAwayAll("memory ran out");
    }

    private void putAwayAll(String why) {
        while (!byUse.isEmpty()) putAway(byUse.keySet().iterator().next(), why);
        count = 0;
    }

    private void putAway(Key key, String why) {
        Entry entry = byUse.remove(key);
        if (entry != null) close(key, entry, why);
    }

    private static void close(Key key, Entry entry, String why) {
        LOG.info("put {} away: {}", key.name, why);
        try {
            entry.model.close();
        } catch (Exception e) {
            LOG.warn("{} could not be closed", key.name, e);
        }
    }

    /** How many are open; may be asked by any thread. */
    public int count() {
        return count;
    }

    @Override
    public void close() {
        putAwayAll("the server ends");
    }
}
