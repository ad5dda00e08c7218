package org.zeuxis.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.tensor.Tensor;

/**
 * All that a training run needs to go on as if it had never stopped.
 *
 * @param step updates done so far
 * @param groups tensors by key, by group: weights, ema, optimizer moments …; group names have no slash
 * @param notes everything else as text: samples seen, seeds, data position, recipe hash …
 */
public record TrainingState(long step, Map<String, Map<String, Tensor>> groups, Map<String, String> notes) {

    public TrainingState {
        if (step < 0) throw new IllegalArgumentException("expected a step of at least 0, got " + step);
        for (String group : groups.keySet()) {
            if (group.isEmpty() || group.contains("/"))
                throw new IllegalArgumentException("expected a group's name without slash, got \"" + group + "\"");
        }
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
    }

    /** A state without tensors or notes, to which {@link #with} and {@link #noting} add. */
    public static TrainingState at(long step) {
        return new TrainingState(step, Map.of(), Map.of());
    }

    public TrainingState with(String group, Map<String, Tensor> tensors) {
        Map<String, Map<String, Tensor>> more = new LinkedHashMap<>(groups);
        more.put(group, tensors);
        return new TrainingState(step, more, notes);
    }

    /** @param value whose text says all there is, such as a number or a text */
    public TrainingState noting(String note, Object value) {
        Map<String, String> more = new LinkedHashMap<>(notes);
        more.put(note, value.toString());
        return new TrainingState(step, groups, more);
    }

    /** @throws IllegalArgumentException if there is no such group */
    public Map<String, Tensor> tensors(String group) {
        Map<String, Tensor> tensors = groups.get(group);
        if (tensors == null) throw lacks("group", group, groups.keySet());
        return tensors;
    }

    /** @throws IllegalArgumentException if there is no such note */
    public String text(String note) {
        String text = notes.get(note);
        if (text == null) throw lacks("note", note, notes.keySet());
        return text;
    }

    /** @throws IllegalArgumentException if there is no such note or it is not a whole number */
    public long wholeNumber(String note) {
        return Long.parseLong(text(note));
    }

    /** @throws IllegalArgumentException if there is no such note or it is not a number */
    public double number(String note) {
        return Double.parseDouble(text(note));
    }

    private IllegalArgumentException lacks(String kind, String name, Iterable<String> known) {
        return new IllegalArgumentException("expected the " + kind + " " + name + " in the training state of step "
                + step + ", got only " + String.join(", ", known) + "; was it saved by another version of the recipe?");
    }
}
