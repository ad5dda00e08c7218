package org.zeuxis.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A checkpoint whose keys or shapes are not those of the model it was to fill. */
public final class KeyMismatchException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_LISTED = 3;

    private final List<String> missing;
    private final List<String> unexpected;
    private final List<String> misshapen;

    KeyMismatchException(
            String origin, List<Complaint> missing, List<Complaint> unexpected, List<Complaint> misshapen) {
        super(message(origin, missing, unexpected, misshapen));
        this.missing = missing.stream().map(Complaint::key).toList();
        this.unexpected = unexpected.stream().map(Complaint::key).toList();
        this.misshapen = misshapen.stream().map(Complaint::key).toList();
    }

    /**
     * One key and the sentence about it.
     *
     * @param sentence made only for those that are listed
     */
    record Complaint(String key, java.util.function.Supplier<String> sentence) {}

    /** Keys that the model needs and the checkpoint lacks. */
    public List<String> missing() {
        return missing;
    }

    /** Keys that the checkpoint has and the model does not know. */
    public List<String> unexpected() {
        return unexpected;
    }

    /** Keys whose shapes differ. */
    public List<String> misshapen() {
        return misshapen;
    }

    private static String message(
            String origin, List<Complaint> missing, List<Complaint> unexpected, List<Complaint> misshapen) {
        StringBuilder text = new StringBuilder(origin)
                .append(": expected the model's own keys, got ")
                .append(missing.size())
                .append(" missing, ")
                .append(misshapen.size())
                .append(" misshapen, ")
                .append(unexpected.size())
                .append(" unknown ones: ");
        List<String> shown = new ArrayList<>();
        for (List<Complaint> kind : List.of(missing, misshapen, unexpected)) {
            kind.stream().limit(MOST_LISTED).forEach(c -> shown.add(c.sentence.get()));
            if (kind.size() > MOST_LISTED) shown.add((kind.size() - MOST_LISTED) + " more like this");
        }
        return text.append(String.join("; ", shown)).toString();
    }
}
