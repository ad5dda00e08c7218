package org.zeuxis.app.search;

import java.nio.file.Path;

/**
 * A file on disk that may be a picture.
 *
 * @param file where it is
 * @param path below the folder that was walked, with slashes
 * @param size in bytes
 * @param modified milliseconds since 1970
 */
record FoundPicture(Path file, String path, long size, long modified) {}
