package org.zeuxis.app.dataset.pictogram;

import java.util.Collection;
import java.util.Map;

/** Names every artist and licence of the dataset, as CC-BY and the others ask. */
final class Attribution {
    private Attribution() {}

    /**
     * @param uses what each set is for, by its prefix
     * @param versions by package name
     */
    static String text(Collection<IconSet> sets, Map<String, String> uses, Map<String, String> versions) {
        StringBuilder text = new StringBuilder("# Attribution\n\n"
                + "The drawings were rasterised from the SVG icons of these packages; nothing else was changed. "
                + "Sets marked \"held out\" are for testing only and enter no trained weights.\n\n"
                + "| set | by | licence | package | use |\n|---|---|---|---|---|\n");
        for (IconSet set : sets) {
            String name = IconSet.SCOPE + set.prefix();
            text.append("| ")
                    .append(set.title())
                    .append(" | ")
                    .append(link(set.author(), set.authorUrl()))
                    .append(" | ")
                    .append(link(set.license(), set.licenseUrl()))
                    .append(" | ")
                    .append(name)
                    .append(' ')
                    .append(versions.get(name))
                    .append(" | ")
                    .append(uses.get(set.prefix()))
                    .append(" |\n");
        }
        text.append("\nNames and tags: emojibase-data ")
                .append(versions.get("emojibase-data"))
                .append(" (MIT, Miles Johnson; CLDR data by Unicode, Inc., Unicode License) and emojilib ")
                .append(versions.get("emojilib"))
                .append(" (MIT, Mu-An Chiou).\n");
        return text.toString();
    }

    private static String link(String text, String url) {
        return url.isEmpty() ? text : "[" + text + "](" + url + ")";
    }
}
