package org.zeuxis.app.dataset.concept;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Keeps the tags that are words of a caption: at least 3 characters, no digits, no emoticons, no brands. */
public final class Tags {
    private static final Pattern WORDS = Pattern.compile("[\\p{L}][\\p{L}' -]{2,}");
    private static final Set<String> BRANDS = Set.of(
            "adidas",
            "airbnb",
            "amazon",
            "android",
            "apple inc",
            "barbie",
            "cnn",
            "coca cola",
            "disney",
            "emojipedia",
            "facebook",
            "fifa",
            "github",
            "google",
            "hogwarts",
            "instagram",
            "joypixels",
            "kleenex",
            "lego",
            "macbook",
            "marvel",
            "mcdonalds",
            "microsoft",
            "mozilla",
            "netflix",
            "nike",
            "nintendo",
            "olympics",
            "oscars",
            "pepsi",
            "playstation",
            "pokemon",
            "pokémon",
            "simpsons",
            "skype",
            "slack",
            "snapchat",
            "spotify",
            "starbucks",
            "tesla",
            "tetris",
            "tiktok",
            "tinder",
            "trello",
            "twitter",
            "uber",
            "whatsapp",
            "windows",
            "xbox",
            "youtube");

    private Tags() {}

    /**
     * @param label the name itself, left out of its tags
     * @param raw in order of preference; '_' stands for a space
     * @return lower case, without repetition, in the given order
     */
    public static List<String> filter(String label, Collection<String> raw) {
        Set<String> kept = new LinkedHashSet<>();
        for (String tag : raw) {
            String words = tag.replace('_', ' ').replace('’', '\'').strip().toLowerCase(Locale.ROOT);
            if (WORDS.matcher(words).matches() && !brand(words) && !words.equals(label.toLowerCase(Locale.ROOT))) {
                kept.add(words);
            }
        }
        return new ArrayList<>(kept);
    }

    private static boolean brand(String words) {
        if (BRANDS.contains(words)) return true;
        for (String word : words.split(" ")) if (BRANDS.contains(word)) return true;
        return false;
    }
}
