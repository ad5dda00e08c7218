package org.zeuxis.hub;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ConfigException;

/**
 * What the hub has under a name.
 *
 * @param commit that the revision means now
 * @param sizes of all files by their names, -1 where the hub does not say
 */
record Listing(String commit, Map<String, Long> sizes) {

    /** @param origin how messages call the source */
    static Listing parse(String origin, String json) throws IOException {
        try {
            Config answer = Config.parse(origin, json);
            String commit = answer.text("sha");
            // it becomes the name of a folder
            if (!ModelName.isCommit(commit)) {
                throw new HubException(origin + ": expected a commit of 40 hexadecimal digits, got "
                        + OneLine.of(commit) + "; check HF_ENDPOINT");
            }
            Map<String, Long> sizes = new LinkedHashMap<>();
            for (Config file : answer.children("siblings")) {
                long size = file.has("size") ? file.wholeNumber("size") : -1;
                sizes.put(file.text("rfilename"), size);
            }
            return new Listing(commit, sizes);
        } catch (ConfigException e) {
            throw new HubException(OneLine.of(e), e);
        }
    }
}
