package org.zeuxis.data.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Files among pictures in which their captions may be: refused by name, as the pictures would otherwise be captioned by
 * something else.
 */
final class OtherCaptions {
    private static final Set<String> TABLES = Set.of("csv", "tsv", "jsonl", "tar");
    private static final Set<String> UNREAD = Set.of("parquet", "arrow", "xlsx");
    private static final Pattern NAMES = Pattern.compile("(caption|metadata|annotation|prompt).*\\.(txt|text|json)");

    private OtherCaptions() {}

    /** @throws IOException if there is a table or a shard, which would be read if it were named */
    static void refuseTables(Path folder, List<Path> files) throws IOException {
        refuse(
                folder,
                files,
                file -> TABLES.contains(DatasetLocation.extension(file)),
                "name it, or the folder it is in");
    }

    /** @throws IOException if there is anything that may hold captions, though none is beside a picture */
    static void refuseAny(Path folder, List<Path> files) throws IOException {
        refuse(
                folder,
                files,
                file -> UNREAD.contains(DatasetLocation.extension(file))
                        || NAMES.matcher(String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT))
                                .find(),
                "make a .csv of it with the columns image and caption, or move it out of the folder");
    }

    private static void refuse(Path folder, List<Path> files, Predicate<Path> which, String fix) throws IOException {
        List<Path> found = files.stream().filter(which).toList();
        if (found.isEmpty()) return;
        String more = found.size() == 1 ? "" : " and " + (found.size() - 1) + " more such files";
        throw new IOException(folder + ": expected pictures with captions beside them or in one table at the top, got "
                + folder.relativize(found.get(0)) + more + "; " + fix);
    }
}
