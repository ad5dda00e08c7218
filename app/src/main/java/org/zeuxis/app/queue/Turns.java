package org.zeuxis.app.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who is next: callers take turns, and each caller's own wishes come in their order. For one thread at a time. */
final class Turns<T> {
    /** The caller whose turn is next comes first; none of them has nothing. */
    private final Map<String, Deque<T>> callers = new LinkedHashMap<>();

    private int size;

    int size() {
        return size;
    }

    int size(String caller) {
        Deque<T> own = callers.get(caller);
        return own == null ? 0 : own.size();
    }

    void add(String caller, T wish) {
        callers.computeIfAbsent(caller, name -> new ArrayDeque<>()).add(wish);
        size++;
    }

    /** The next one, which waits no longer; null if nobody does. */
    @Nullable
    T next() {
        if (callers.isEmpty()) return null;
        String caller = callers.keySet().iterator().next();
        Deque<T> own = callers.get(caller);
        if (own == null) throw new IllegalStateException("a caller without wishes");
        T wish = own.remove();
        callers.remove(caller);
        if (!own.isEmpty()) callers.put(caller, own); // after all the others
        size--;
        return wish;
    }

    /** Whether it waited. */
    boolean remove(String caller, T wish) {
        Deque<T> own = callers.get(caller);
        if (own == null || !own.remove(wish)) return false;
        if (own.isEmpty()) callers.remove(caller);
        size--;
        return true;
    }

    /** How many turns until it is over: 1 for the next one, 0 if it does not wait. */
    int position(String caller, T wish) {
        Deque<T> own = callers.get(caller);
        int before = own == null ? -1 : List.copyOf(own).indexOf(wish);
        if (before < 0) return 0;
        int position = 1;
        boolean passed = false;
        for (Map.Entry<String, Deque<T>> each : callers.entrySet()) {
            if (each.getKey().equals(caller)) {
                position += before;
                passed = true;
            } else {
                position += Math.min(each.getValue().size(), passed ? before : before + 1);
            }
        }
        return position;
    }

    /** All that wait, who then wait no longer. */
    List<T> clear() {
        List<T> all = new ArrayList<>();
        for (T wish = next(); wish != null; wish = next()) all.add(wish);
        return all;
    }
}
