package org.zeuxis.app.dataset.pictogram;

import java.util.List;

/**
 * One icon set of Iconify and what becomes of it: a line of {@code icon-sets.tsv}.
 *
 * @param version of its npm package, which is pinned
 * @param kind how it draws: line, solid, two-tone, thin, colour, pixel, freehand or mixed
 * @param use {@code train}, the folder of a held-out set, or why it is left out
 */
record IconSource(String prefix, String version, String kind, String use) {
    static final List<IconSource> ALL = WordList.lines("icon-sets.tsv").stream()
            .map(line -> line.split("\t"))
            .map(cells -> new IconSource(cells[0], cells[1], cells[2], cells[3]))
            .toList();

    boolean drawn() {
        return train() || heldOut();
    }

    boolean train() {
        return use.equals("train");
    }

    boolean heldOut() {
        return use.startsWith("heldout-");
    }

    /** How a caption names the way of drawing where the icon's name does not; empty for sets that draw in several. */
    String style() {
        return switch (kind) {
            case "line" -> "outlined";
            case "solid" -> "filled";
            case "colour" -> "flat";
            case "freehand", "freehand in colour" -> "hand-drawn";
            case "mixed" -> "";
            default -> kind;
        };
    }

    /** All sets that are drawn. */
    static List<IconSource> used() {
        return ALL.stream().filter(IconSource::drawn).toList();
    }

    /** The npm packages of all sets that are drawn. */
    static List<String> packages() {
        return used().stream().map(source -> IconSet.SCOPE + source.prefix()).toList();
    }
}
