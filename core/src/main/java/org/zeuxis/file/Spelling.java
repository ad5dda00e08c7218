package org.zeuxis.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Whether the name of a file can be written as text. In a locale without its letters, such as POSIX, Java reads a question mark
 * for each: the name is no caption, and would never be found again.
 */
public final class Spelling {
    /** What is to be done, for a message about such a file. */
    public static final String FAULT =
            "its name cannot be spelled here; start Java with LC_ALL=C.UTF-8, or rename it in UTF-8";

    private Spelling() {}

    /** Whether the text of {@code path} leads to the same file again. */
    public static boolean isFaithful(Path path) {
        try {
            return path.getFileSystem().getPath(path.toString()).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
