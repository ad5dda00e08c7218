package org.zeuxis.checkpoint.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.zeuxis.text.Words;

/**
 * Reads the part of Python's pickle format that {@code torch.save} writes for tensors, as plain data: a call in it is kept
 * as its name and arguments and never made, and a name that is not allowed ends the reading. A module of TorchScript is the
 * map of its attributes.
 */
final class PickleReader {
    /** A name of Python's, such as {@code torch.FloatStorage}. */
    record Global(String name) {}

    /** What Python would call, with what. */
    record Call(String name, List<@Nullable Object> arguments) {}

    /** What stands for bytes outside the pickle. */
    record Outside(@Nullable Object id) {}

    private static final String TORCH_SCRIPT = "__torch__.";
    /** A tensor takes some thirty; each is far larger in memory than in the file, where one byte may write one. */
    private static final int MOST_VALUES = 2_000_000;

    private enum Mark {
        HERE
    }

    private final ByteBuffer in;
    private final Set<String> allowed;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final Map<Integer, @Nullable Object> memo = new HashMap<>();
    /** Modules of TorchScript: nothing but their attributes. */
    private final Set<Object> modules = Collections.newSetFromMap(new IdentityHashMap<>());

    private long attributes;
    private int values;

    private PickleReader(byte[] bytes, Set<String> allowed) {
        in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.allowed = allowed;
    }

    /**
     * @param allowed names that may occur, as {@code module.name}
     * @return a Map, List, String, Long, Double, Boolean, {@link Global}, {@link Call}, {@link Outside} or null
     */
    static @Nullable Object read(String origin, byte[] bytes, Set<String> allowed) throws IOException {
        try {
            return new PickleReader(bytes, allowed).run();
        } catch (IOException e) {
            throw new IOException(origin + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // a stack too short, a value of another kind, an end too early
            throw new IOException(
                    origin + ": expected a pickle of tensors, got a broken one; download or save it again", e);
        }
    }

    private @Nullable Object run() throws IOException {
        while (true) {
            int code = in.get() & 0xff;
            switch (code) {
                case '.' -> {
                    return pop();
                }
                case 0x80 -> protocol(in.get());
                case 0x95 -> in.getLong(); // a frame's length
                case '(' -> push(Mark.HERE);
                case 'N' -> push(null);
                case 0x88 -> push(true);
                case 0x89 -> push(false);
                case 'J' -> push((long) in.getInt());
                case 'K' -> push((long) (in.get() & 0xff));
                case 'M' -> push((long) (in.getShort() & 0xffff));
                case 0x8a -> push(whole(in.get() & 0xff));
                case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
                case 'X' -> push(text(in.getInt()));
                case 0x8c -> push(text(in.get() & 0xff));
                case ']' -> push(new ArrayList<@Nullable Object>());
                case '}' -> push(new LinkedHashMap<String, @Nullable Object>());
                case ')' -> push(List.of());
                case 't' -> push(Collections.unmodifiableList(popToMark()));
                case 0x85 -> push(tuple(1));
                case 0x86 -> push(tuple(2));
                case 0x87 -> push(tuple(3));
                case 'q' -> memo.put(in.get() & 0xff, top());
                case 'r' -> memo.put(in.getInt(), top());
                case 0x94 -> memo.put(memo.size(), top());
                case 'h' -> push(remembered(in.get() & 0xff));
                case 'j' -> push(remembered(in.getInt()));
                case 'c' -> push(global(line(), line()));
                case 0x93 -> stackGlobal();
                case 'R' -> call();
                case 0x81 -> module();
                case 'b' -> attributes(pop());
                case 'Q' -> push(new Outside(pop()));
                case 'a' -> append(tuple(1));
                case 'e' -> append(popToMark());
                case 's' -> set(tuple(2));
                case 'u' -> set(popToMark());
                default ->
                    throw new IOException("expected a pickle of tensors only, got the operation 0x"
                            + Integer.toHexString(code) + "; convert the file in Python");
            }
        }
    }

    private void protocol(int version) throws IOException {
        if (version < 2 || version > 5) {
            throw new IOException("expected a pickle of protocol 2 to 5, got " + version + "; save it again");
        }
    }

    private Global global(String module, String name) throws IOException {
        String whole = module + "." + name;
        if (allowed.contains(whole) || whole.startsWith(TORCH_SCRIPT)) return new Global(whole);
        throw new IOException("expected a pickle of tensors only, got a reference to " + Words.clean(whole)
                + ", which may run code; do not trust the file, or convert it in Python with weights_only=True");
    }

    private void stackGlobal() throws IOException {
        List<@Nullable Object> both = tuple(2);
        if (!(both.get(0) instanceof String module) || !(both.get(1) instanceof String name)) {
            throw new IOException("expected a pickle of tensors, got a reference that is no text; save it again");
        }
        push(global(module, name));
    }

    @SuppressWarnings("unchecked")
    private void call() throws IOException {
        List<@Nullable Object> both = tuple(2);
        if (!(both.get(0) instanceof Global called) || !(both.get(1) instanceof List<?> arguments)) {
            throw new IOException("expected a pickle of tensors, got a call of something else; save it again");
        }
        boolean map = called.name.equals("collections.OrderedDict") && arguments.isEmpty();
        push(map ? new LinkedHashMap<>() : new Call(called.name, (List<@Nullable Object>) arguments));
    }

    /** An object of a class of TorchScript, whose code is elsewhere in the archive and is not read. */
    private void module() throws IOException {
        List<@Nullable Object> both = tuple(2);
        if (!(both.get(0) instanceof Global made) || !made.name.startsWith(TORCH_SCRIPT)) {
            throw new IOException("expected a pickle of tensors, got an object of another kind; save it again");
        }
        Map<String, @Nullable Object> module = new LinkedHashMap<>();
        modules.add(module);
        push(module);
    }

    /** Only modules keep theirs; what else is called has none that matter. */
    @SuppressWarnings("unchecked")
    private void attributes(@Nullable Object state) throws IOException {
        if (!modules.contains(topOrThrow())) return;
        Map<String, @Nullable Object> given = (Map<String, @Nullable Object>) orThrow(state);
        attributes += given.size();
        // one state may be given again and again, in three bytes each time
        if (attributes > in.limit()) {
            throw new IOException("expected attributes that are written once, got more than its " + in.limit()
                    + " bytes hold; download or save it again");
        }
        ((Map<String, @Nullable Object>) topOrThrow()).putAll(given);
    }

    @SuppressWarnings("unchecked")
    private void append(List<@Nullable Object> items) {
        ((List<@Nullable Object>) topOrThrow()).addAll(items);
    }

    @SuppressWarnings("unchecked")
    private void set(List<@Nullable Object> keysAndValues) throws IOException {
        Map<String, @Nullable Object> map = (Map<String, @Nullable Object>) topOrThrow();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Object key = keysAndValues.get(i);
            if (!(key instanceof String || key instanceof Long || key instanceof Global)) {
                throw new IOException("expected texts or whole numbers as keys, got another; convert it in Python");
            }
            map.put(key instanceof Global global ? global.name : key.toString(), keysAndValues.get(i + 1));
        }
    }

    private void push(@Nullable Object value) throws IOException {
        if (++values > MOST_VALUES) {
            throw new IOException("expected a pickle of at most " + MOST_VALUES
                    + " values, got more; keep the weights alone and save them again");
        }
        stack.add(value);
    }

    private @Nullable Object pop() {
        Object value = stack.remove(stack.size() - 1);
        if (value == Mark.HERE) throw new IllegalStateException("a mark where a value belongs");
        return value;
    }

    private @Nullable Object top() {
        return stack.get(stack.size() - 1);
    }

    private Object topOrThrow() {
        return orThrow(top());
    }

    private static Object orThrow(@Nullable Object collection) {
        if (collection == null) throw new IllegalStateException("nothing where a collection belongs");
        return collection;
    }

    private @Nullable Object remembered(int key) {
        if (!memo.containsKey(key)) throw new IllegalStateException("nothing was remembered as " + key);
        return memo.get(key);
    }

    private List<@Nullable Object> tuple(int size) {
        List<@Nullable Object> items = new ArrayList<>(stack.subList(stack.size() - size, stack.size()));
        if (items.contains(Mark.HERE)) throw new IllegalStateException("a mark where a value belongs");
        stack.subList(stack.size() - size, stack.size()).clear();
        return Collections.unmodifiableList(items);
    }

    private List<@Nullable Object> popToMark() {
        int mark = stack.lastIndexOf(Mark.HERE);
        List<@Nullable Object> items = new ArrayList<>(stack.subList(mark + 1, stack.size()));
        stack.subList(mark, stack.size()).clear();
        return items;
    }

    private long whole(int length) {
        if (length > 8) throw new IllegalStateException("a number of " + length + " bytes");
        long value = 0;
        for (int i = 0; i < length; i++) {
            long part = i == length - 1 ? in.get() : in.get() & 0xff;
            value |= part << 8 * i;
        }
        return value;
    }

    private String text(int length) {
        if (length < 0 || length > in.remaining()) throw new IllegalStateException("a text beyond the end");
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        int length = 0;
        while (in.get(in.position() + length) != '\n') length++;
        String line = text(length);
        in.get();
        return line;
    }
}
