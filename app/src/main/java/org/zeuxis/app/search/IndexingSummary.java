package org.zeuxis.app.search;

import java.util.List;
import org.zeuxis.data.Problem;

/**
 * What a run of indexing did. A readable picture is new, changed or unchanged.
 *
 * @param reused of the new and changed ones those whose content was known: copied or renamed
 * @param dropped files that are gone
 * @param unreadable all that are no pictures, those known before among them
 * @param problems of those that this run found
 */
public record IndexingSummary(
        int added, int changed, int unchanged, int reused, int dropped, int unreadable, List<Problem> problems) {
    @Override
    public String toString() {
        return added + " new, " + changed + " changed, " + unchanged + " unchanged, " + dropped + " dropped, "
                + unreadable + " unreadable" + (reused == 0 ? "" : "; " + reused + " were known by their content");
    }
}
