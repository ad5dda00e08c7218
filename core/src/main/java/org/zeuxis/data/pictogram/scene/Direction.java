package org.zeuxis.data.pictogram.scene;

/** Where to something moves in a picture. */
public enum Direction {
    LEFT("to the left", true, false),
    RIGHT("to the right", true, true),
    UP("up", false, false),
    DOWN("down", false, true);

    private final String words;
    private final boolean horizontal;
    private final boolean growing;

    Direction(String words, boolean horizontal, boolean growing) {
        this.words = words;
        this.horizontal = horizontal;
        this.growing = growing;
    }

    /** As it is said of what moves there. */
    public String words() {
        return words;
    }

    boolean horizontal() {
        return horizontal;
    }

    /** Whether columns or rows grow on the way. */
    boolean growing() {
        return growing;
    }
}
