package org.zeuxis.hub.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.zeuxis.machine.HomeFolder;

/** Folders that variables name, read as Python does: first {@code ~} and {@code ~USER}, then {@code $NAME}, <code>${NAME}</code>. */
record EnvironmentFolders(Map<String, String> environment) {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{([^}]*)\\})");

    Path home() {
        return HomeFolder.of(environment);
    }

    /** @throws IllegalArgumentException if the variable names the home of a user who has none here */
    Path of(String variable, Supplier<Path> otherwise) {
        String said = environment.getOrDefault(variable, "");
        if (said.isBlank()) return otherwise.get();
        return Path.of(VARIABLE.matcher(withHome(variable, said)).replaceAll(this::value));
    }

    /** What is not set stays as it is. */
    private String value(MatchResult name) {
        String which = name.group(1) == null ? name.group(2) : name.group(1);
        return Matcher.quoteReplacement(environment.getOrDefault(which, name.group()));
    }

    private String withHome(String variable, String said) {
        if (!said.startsWith("~")) return said;
        int slash = said.indexOf('/') < 0 ? said.length() : said.indexOf('/');
        String user = said.substring(1, slash);
        String rest = said.substring(slash);
        if (user.isEmpty()) return home() + rest;
        try (Stream<String> users = Files.lines(USERS)) {
            return users.map(line -> line.split(":"))
                    .filter(line -> line.length > 5 && line[0].equals(user))
                    .map(line -> line[5] + rest)
                    .findFirst()
                    .orElseThrow(() -> nobody(variable, user));
        } catch (IOException e) {
            throw nobody(variable, user);
        }
    }

    private static IllegalArgumentException nobody(String variable, String user) {
        return new IllegalArgumentException(variable + ": expected a folder, got one of the user " + user
                + ", whose home is not known here; write the folder in full");
    }
}
