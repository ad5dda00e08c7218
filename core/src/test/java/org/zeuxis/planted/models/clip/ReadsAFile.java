package org.zeuxis.planted.models.clip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class ReadsAFile {
    private ReadsAFile() {}

    static long size(Path weights) throws IOException {
        return Files.size(weights);
    }
}
