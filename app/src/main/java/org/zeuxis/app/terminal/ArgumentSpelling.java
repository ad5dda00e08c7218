package org.zeuxis.app.terminal;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether prompts and names of files reach this process as they were written. */
public final class ArgumentSpelling {
    private static final String REPLACEMENT = "\ufffd";

    private ArgumentSpelling() {}

    /**
     * What keeps them from it, in one line; null if nothing does. In a locale such as POSIX, which is that of cron and of many
     * containers, Java reads every letter but the English ones as a question mark, and never finds such files again.
     */
    public static @Nullable String fault(String... arguments) {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        boolean windows = System.getProperty("os.name", "").startsWith("Windows"); // whose names are always Unicode
        if (!windows && !encoding.toUpperCase(Locale.ROOT).replace("-", "").equals("UTF8")) {
            return "expected a locale in UTF-8, so that prompts and names of files come as they are written, got one in "
                    + encoding + "; start it with LC_ALL=C.UTF-8 in the environment";
        }
        for (String argument : arguments) {
            if (!argument.contains(REPLACEMENT)) continue;
            return "expected arguments in UTF-8, got bytes that are none where " + REPLACEMENT + " stands in '"
                    + argument + "'; write them in UTF-8, or rename the file";
        }
        return null;
    }
}
