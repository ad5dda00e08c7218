package org.zeuxis.hub.client;

import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;

/**
 * What the hub has under a name.
 *
 * @param commit that the revision means now
 * @param sizes of all files by their names, -1 where the hub does not say
 */
public record Listing(String commit, Map<String, Long> sizes) {

    /** Of the files named together, as far as the hub says. */
    public long bytes(Collection<String> names) {
        long all = 0;
        for (String name : names) {
            long size = Math.max(0, sizes.getOrDefault(name, 0L));
            all = size > Long.MAX_VALUE - all ? Long.MAX_VALUE : all + size;
        }
        return all;
    }

    /** @param origin how messages call the source */
    public static Listing parse(String origin, String json) throws HubException {
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
        } catch (HubException e) {
            throw e;
        } catch (ConfigException | IOException e) {
            throw new HubException(OneLine.of(e) + "; check HF_ENDPOINT", e);
        }
    }
}
