package org.zeuxis.eval.language;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The words of a text as judges compare them: lower-case runs of letters and digits; an apostrophe, hyphen or point between two of
 * them belongs to the word, all else parts words and is dropped.
 */
record Words(List<String> all) {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+(?:['.-][\\p{L}\\p{M}\\p{N}]+)*");
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    Words {
        all = List.copyOf(all);
    }

    static Words of(String text) {
        String plain = text.toLowerCase(Locale.ROOT).replace('\u2019', '\'');
        return new Words(WORD.matcher(plain).results().map(MatchResult::group).toList());
    }

    /** Without the article they begin with, unless that is all there is. */
    Words withoutArticle() {
        return all.size() > 1 && ARTICLES.contains(all.get(0)) ? new Words(all.subList(1, all.size())) : this;
    }

    /** Whether these are the words of another text, but for an article before either; no words are nobody's. */
    boolean say(Words other) {
        return !all.isEmpty() && withoutArticle().equals(other.withoutArticle());
    }

    /** Whether the words of another text, but for an article before them, are among these, one after the other. */
    boolean mention(Words other) {
        List<String> sought = other.withoutArticle().all;
        for (int from = 0; !sought.isEmpty() && from + sought.size() <= all.size(); from++) {
            if (all.subList(from, from + sought.size()).equals(sought)) return true;
        }
        return false;
    }
}
