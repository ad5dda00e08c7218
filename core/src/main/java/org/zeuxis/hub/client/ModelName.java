package org.zeuxis.hub.client;

import java.util.regex.Pattern;

/**
 * Which model of the hub: {@code organization/name}, and {@code @revision} where it is not {@code main}.
 *
 * @param revision a branch, a tag or a commit
 */
public record ModelName(String organization, String name, String revision) {
    /** What the hub means where nobody names a revision. */
    public static final String MAIN = "main";

    private static final Pattern PART = Pattern.compile("\\w(?:[\\w.-]{0,94}\\w)?");
    private static final Pattern REVISION = Pattern.compile("\\w(?:[\\w./+-]{0,198}[\\w+-])?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** @throws IllegalArgumentException if the hub could have no model of this name */
    public ModelName {
        if (!isPart(organization) || !isPart(name) || !isRevision(revision)) {
            throw wrong(organization + "/" + name + "@" + revision);
        }
    }

    /** @throws IllegalArgumentException if {@code text} is not such a name */
    public static ModelName of(String text) {
        int at = text.indexOf('@');
        String repository = at < 0 ? text : text.substring(0, at);
        int slash = repository.indexOf('/');
        if (slash < 0) throw wrong(text);
        return new ModelName(
                repository.substring(0, slash),
                repository.substring(slash + 1),
                at < 0 ? MAIN : text.substring(at + 1));
    }

    /** Whether {@code text} looks like the name of a model of the hub, rather than a path. */
    public static boolean matches(String text) {
        try {
            of(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Without the revision. */
    public String repository() {
        return organization + "/" + name;
    }

    public boolean namesACommit() {
        return isCommit(revision);
    }

    public static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    @Override
    public String toString() {
        return revision.equals(MAIN) ? repository() : repository() + "@" + revision;
    }

    private static boolean isPart(String text) {
        return PART.matcher(text).matches() && !text.contains("--") && !text.contains("..");
    }

    /** It becomes the name of a file below {@code refs}. */
    private static boolean isRevision(String text) {
        return REVISION.matcher(text).matches()
                && !text.contains("..")
                && !text.contains("//")
                && !text.contains("/.")
                && !text.contains("./");
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("expected the name of a model such as organization/name or"
                + " organization/name@revision, got " + OneLine.of(text) + "; check the name");
    }
}
