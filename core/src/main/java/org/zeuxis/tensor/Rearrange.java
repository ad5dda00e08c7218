package org.zeuxis.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Einops-style reshaping: {@code "b n (h d) -> b h n d"}. Patterns are parsed once, plans are kept per shape. */
final class Rearrange {
    private static final Map<String, Rearrange> PATTERNS = new ConcurrentHashMap<>();
    private static final int MOST_PLANS = 256;

    private record Request(List<Long> shape, List<Object> known) {}

    private record Plan(long[] split, long[] order, long[] merged, boolean splits, boolean permutes, boolean merges) {}

    private final String pattern;
    private final List<List<String>> from;
    private final List<List<String>> to;
    private final Map<Request, Plan> plans = new ConcurrentHashMap<>();

    private Rearrange(String pattern) {
        String[] sides = pattern.split("->", -1);
        if (sides.length != 2) {
            throw new IllegalArgumentException(
                    "expected a pattern such as \"b n (h d) -> b h n d\", got \"" + pattern + "\"");
        }
        this.pattern = pattern;
        this.from = axes(sides[0]);
        this.to = axes(sides[1]);
    }

    static Rearrange of(String pattern) {
        return PATTERNS.computeIfAbsent(pattern, Rearrange::new);
    }

    /** Applies this pattern to {@code x}; {@code known} fixes the axes a group cannot infer: name, size, name, size … */
    Tensor apply(Tensor x, Object... known) {
        long[] shape = x.shape();
        Request request = new Request(Arrays.stream(shape).boxed().toList(), List.of(known));
        Plan plan = plans.get(request);
        if (plan == null) {
            plan = plan(shape, known);
            if (plans.size() < MOST_PLANS) plans.put(request, plan);
        }
        Tensor y = x;
        if (plan.splits) y = y.reshape(plan.split);
        if (plan.permutes) y = y.permute(plan.order);
        if (plan.merges) y = y.reshape(plan.merged);
        return y;
    }

    private Plan plan(long[] shape, Object... known) {
        if (shape.length != from.size()) throw new ShapeException(pattern, shape);
        Map<String, Long> size = new HashMap<>();
        for (int i = 0; i < known.length; i += 2) size.put((String) known[i], ((Number) known[i + 1]).longValue());
        for (int i = 0; i < shape.length; i++) solve(from.get(i), shape[i], size, shape);
        List<String> source = flat(from);
        List<String> target = flat(to);
        long[] split = source.stream().mapToLong(axis -> sizeOf(axis, size)).toArray();
        for (String axis : target) sizeOf(axis, size);
        long[] order = target.stream().mapToLong(source::indexOf).toArray();
        long[] merged = to.stream()
                .mapToLong(group ->
                        group.stream().mapToLong(axis -> sizeOf(axis, size)).reduce(1, (a, b) -> a * b))
                .toArray();
        boolean permutes = false;
        for (int i = 0; i < order.length; i++) permutes |= order[i] != i;
        long[] ordered = Arrays.stream(order).map(i -> split[(int) i]).toArray();
        return new Plan(split, order, merged, !Arrays.equals(split, shape), permutes, !Arrays.equals(merged, ordered));
    }

    private long sizeOf(String axis, Map<String, Long> size) {
        if (axis.equals("1")) return 1;
        Long n = size.get(axis);
        if (n == null) throw new IllegalArgumentException("axis " + axis + " of \"" + pattern + "\" has no size");
        return n;
    }

    private void solve(List<String> group, long extent, Map<String, Long> size, long[] shape) {
        String free = null;
        long rest = extent;
        for (String axis : group) {
            if (axis.equals("1")) continue;
            Long n = size.get(axis);
            if (n == null && free == null) free = axis;
            else if (n == null || n == 0 || rest % n != 0) throw new ShapeException(pattern, shape);
            else rest /= n;
        }
        if (free != null) size.put(free, rest);
        else if (rest != 1) throw new ShapeException(pattern, shape);
    }

    private static List<List<String>> axes(String side) {
        List<List<String>> groups = new ArrayList<>();
        List<String> open = null;
        for (String word : side.replace("(", " ( ").replace(")", " ) ").trim().split("\\s+")) {
            if (word.equals("(")) groups.add(open = new ArrayList<>());
            else if (word.equals(")")) open = null;
            else if (open != null) open.add(word);
            else groups.add(List.of(word));
        }
        return groups;
    }

    /** Axes of one come and go by reshaping. */
    private static List<String> flat(List<List<String>> groups) {
        return groups.stream()
                .flatMap(List::stream)
                .filter(axis -> !axis.equals("1"))
                .toList();
    }
}
