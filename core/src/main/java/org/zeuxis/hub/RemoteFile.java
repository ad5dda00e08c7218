package org.zeuxis.hub;

/**
 * A file of a model as the hub describes it.
 *
 * @param path within the model, its folders separated by {@code /}
 */
record RemoteFile(String path, ContentHash hash, long size) {

    /**
     * Refuses names that could lead out of the model's folder, on any system.
     *
     * @throws HubException by the name
     */
    static void expectInside(String model, String path) throws HubException {
        boolean plain =
                !path.isEmpty() && path.chars().noneMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c));
        for (String part : path.split("/", -1)) {
            // Windows drops dots and blanks at the end of a name
            plain &= !part.isEmpty() && !part.endsWith(".") && !part.endsWith(" ");
        }
        if (plain) return;
        throw new HubException(model + ": expected names of files within the model, got \"" + OneLine.of(path)
                + "\"; do not trust this model, and report it to the hub");
    }
}
