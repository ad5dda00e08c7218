package org.zeuxis.models;

import java.io.IOException;
import java.nio.file.Path;

/** A text encoder over which systems are trained, whose folder then holds it too. */
public interface SavableTextEncoder extends TextEncoder {

    /** Writes two folders that transformers opens. */
    void save(Path encoderFolder, Path tokenizerFolder) throws IOException;

    /**
     * The same encoder for texts of another length.
     *
     * @throws IllegalArgumentException if it reads none of that length
     */
    SavableTextEncoder withContextLength(int tokens);
}
