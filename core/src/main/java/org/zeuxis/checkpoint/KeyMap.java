package org.zeuxis.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.NearestName;
import org.zeuxis.text.Words;

/**
 * Weights of another published layout under the keys that the model has here. In a rule {@code *} stands for any part of a
 * key, and each {@code *} of the new key for the same part; the first rule that fits a key is taken, and a key that no rule
 * fits stays as it is.
 */
public final class KeyMap {
    /** How a tensor lies in the other layout. */
    private enum Form {
        SAME,
        TRANSPOSED,
        /** A matrix, or a convolution of one pixel that does the same. */
        FLAT,
        /** The same, and put back as a convolution. */
        ONE_PIXEL,
        /** A matrix of one row that is stored as a vector. */
        ROW;

        /** The shape here of what has another there; empty if it does not fit. */
        Optional<long[]> shape(long[] old) {
            return switch (this) {
                case SAME -> Optional.of(old);
                case TRANSPOSED -> old.length == 2 ? Optional.of(new long[] {old[1], old[0]}) : Optional.empty();
                case FLAT, ONE_PIXEL -> Optional.of(ofOnePixel(old) ? Arrays.copyOf(old, 2) : old);
                case ROW -> old.length == 1 ? Optional.of(new long[] {1, old[0]}) : Optional.empty();
            };
        }
    }

    private static boolean ofOnePixel(long[] shape) {
        return shape.length > 2 && Arrays.stream(shape).skip(2).allMatch(n -> n == 1);
    }

    /** With no new key, a tensor is dropped. */
    private record Rule(Key from, List<Key> to, Form form, int groups) {
        Tensor whole(List<Tensor> parts) {
            if (parts.size() == 1) return putBack(parts.get(0));
            List<Tensor> grouped = parts.stream()
                    .map(part -> part.reshape(prepended(groups, part.shape())))
                    .toList();
            long[] shape = parts.get(0).shape();
            shape[0] *= parts.size();
            return Tensor.stack(1, grouped).reshape(shape);
        }

        private Tensor putBack(Tensor x) {
            return switch (form) {
                case TRANSPOSED -> x.transpose(0, 1);
                case ONE_PIXEL -> x.rank() == 2 ? x.unsqueeze(2).unsqueeze(3) : x;
                default -> x;
            };
        }

        private static long[] prepended(int groups, long[] shape) {
            long[] all = new long[shape.length + 1];
            System.arraycopy(shape, 0, all, 1, shape.length);
            all[0] = groups;
            all[1] /= groups;
            return all;
        }
    }

    /** Keys that are alike but for what stands at each {@code *}. */
    private record Key(String text, String beginning, Pattern pattern) {
        static Key of(String text) {
            int star = text.indexOf('*');
            String beginning = star < 0 ? text : text.substring(0, star);
            return new Key(text, beginning, Pattern.compile(Pattern.quote(text).replace("*", "\\E(.*)\\Q")));
        }

        /** Null if the key is another. */
        @Nullable
        Matcher match(String key) {
            if (!key.startsWith(beginning)) return null;
            Matcher m = pattern.matcher(key);
            return m.matches() ? m : null;
        }

        /** The key that has at each {@code *} what another had there. */
        String filled(Matcher m) {
            StringBuilder name = new StringBuilder();
            int group = 1;
            for (char c : text.toCharArray()) {
                if (c == '*') name.append(m.group(group++));
                else name.append(c);
            }
            return name.toString();
        }
    }

    private final List<Rule> rules = new ArrayList<>();

    /** The tensor as it is, under another key. */
    public KeyMap rename(String from, String to) {
        return rule(from, List.of(to), Form.SAME);
    }

    /** A matrix that is stored the other way round. */
    public KeyMap transpose(String from, String to) {
        return rule(from, List.of(to), Form.TRANSPOSED);
    }

    /** A matrix that may be stored as a convolution of one pixel, [out, in, 1, 1] or [out, in, 1]. */
    public KeyMap flatten(String from, String to) {
        return rule(from, List.of(to), Form.FLAT);
    }

    /** The same, of which what is put back is a convolution, [out, in, 1, 1]. */
    public KeyMap onePixel(String from, String to) {
        return rule(from, List.of(to), Form.ONE_PIXEL);
    }

    /** A matrix of one row that is stored as a vector, [n]. */
    public KeyMap row(String from, String to) {
        return rule(from, List.of(to), Form.ROW);
    }

    /** A tensor whose rows are those of several, one below the other. */
    public KeyMap split(String from, String... to) {
        return rule(from, List.of(to), Form.SAME);
    }

    /**
     * The same where the rows of each head lie together: its part of the first, of the second, and so on, then the next head;
     * and may be stored as a convolution of one pixel.
     *
     * @param heads how many there are
     */
    public KeyMap splitWithinHeads(int heads, String from, String... to) {
        rules.add(new Rule(Key.of(from), Arrays.stream(to).map(Key::of).toList(), Form.FLAT, heads));
        return this;
    }

    /** What is no weight. */
    public KeyMap drop(String from) {
        return rule(from, List.of(), Form.SAME);
    }

    private KeyMap rule(String from, List<String> to, Form form) {
        rules.add(new Rule(Key.of(from), to.stream().map(Key::of).toList(), form, 1));
        return this;
    }

    /** The weights under their new keys, read when they are asked for; closing them closes the old ones. */
    public Weights of(Weights old) {
        Map<String, Source> sources = new LinkedHashMap<>();
        for (String key : old.names()) put(sources, key, old.origin());
        return new Mapped(old, sources);
    }

    private void put(Map<String, Source> sources, String key, String origin) {
        for (Rule rule : rules) {
            Matcher m = rule.from.match(key);
            if (m == null) continue;
            for (int part = 0; part < rule.to.size(); part++) {
                String name = rule.to.get(part).filled(m);
                Source before = sources.put(name, new Source(key, part, rule.to.size(), rule.form, rule.groups));
                if (before != null) throw twice(origin, name, before.key, key);
            }
            return;
        }
        Source before = sources.put(key, new Source(key, 0, 1, Form.SAME, 1));
        if (before != null) throw twice(origin, key, before.key, key);
    }

    /**
     * Tensors that have the keys of here under those of the other layout; what was dropped does not come back.
     *
     * @throws IllegalArgumentException if one of several that lie below each other there is missing
     */
    public Map<String, Tensor> backwards(Map<String, Tensor> tensors) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (String key : tensors.keySet()) putBack(all, key, tensors);
        return all;
    }

    private void putBack(Map<String, Tensor> all, String key, Map<String, Tensor> tensors) {
        for (Rule rule : rules) {
            for (Key to : rule.to) {
                Matcher m = to.match(key);
                if (m == null) continue;
                List<Tensor> parts = rule.to.stream()
                        .map(part -> one(tensors, part.filled(m)))
                        .toList();
                all.putIfAbsent(rule.from.filled(m), rule.whole(parts));
                return;
            }
        }
        all.put(key, one(tensors, key));
    }

    private static Tensor one(Map<String, Tensor> tensors, String key) {
        Tensor found = tensors.get(key);
        if (found != null) return found;
        throw new IllegalArgumentException("model lacks " + NearestName.hint(key, tensors.keySet()));
    }

    private static IllegalArgumentException twice(String origin, String name, String first, String second) {
        return new IllegalArgumentException(origin + ": expected one tensor for " + Words.clean(name) + ", got "
                + Words.clean(first) + " and " + Words.clean(second) + "; take one of them out");
    }

    /** Where a tensor comes from: rows {@code part} of {@code parts} of each of the groups of {@code key}. */
    private record Source(String key, int part, int parts, Form form, int groups) {}

    private record Mapped(Weights old, Map<String, Source> sources) implements Weights {
        @Override
        public Set<String> names() {
            return sources.keySet();
        }

        @Override
        public long[] shape(String name) {
            Source source = source(name);
            long[] shape = old.shape(source.key).clone();
            boolean whole = source.parts == 1 || shape.length > 0 && shape[0] % (source.parts * source.groups) == 0;
            Optional<long[]> here = source.form.shape(shape);
            if (!whole || here.isEmpty()) {
                throw new IllegalArgumentException(origin() + ": expected "
                        + (source.parts > 1 ? source.parts + " equal parts" : "a matrix") + " in "
                        + Words.clean(source.key) + ", got the shape " + Arrays.toString(shape));
            }
            if (source.parts > 1) here.get()[0] /= source.parts;
            return here.get();
        }

        @Override
        public DType dtype(String name) {
            return old.dtype(source(name).key);
        }

        @Override
        public Tensor tensor(String name) {
            Source source = source(name);
            Tensor x = old.tensor(source.key);
            if (source.parts > 1) {
                long[] rows = x.shape();
                rows[0] /= source.parts;
                x = x.reshape(source.groups, source.parts, -1)
                        .select(1, source.part)
                        .reshape(rows);
            }
            return switch (source.form) {
                case SAME -> x;
                case TRANSPOSED -> x.transpose(0, 1).contiguous();
                case FLAT, ONE_PIXEL, ROW -> x.reshape(shape(name));
            };
        }

        @Override
        public Tensor copy(String name, DType type) {
            Source source = source(name);
            if (source.parts > 1 || source.form == Form.TRANSPOSED) return Weights.super.copy(name, type);
            Tensor x = old.copy(source.key, type);
            return source.form == Form.SAME ? x : x.reshape(shape(name));
        }

        private Source source(String name) {
            Source source = sources.get(name);
            if (source != null) return source;
            throw new IllegalArgumentException(
                    origin() + ": checkpoint lacks " + NearestName.hint(name, sources.keySet()));
        }

        @Override
        public Map<String, String> metadata() {
            return old.metadata();
        }

        @Override
        public String origin() {
            return old.origin();
        }

        @Override
        public void close() {
            old.close();
        }
    }
}
