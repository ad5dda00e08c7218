package org.zeuxis.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A token that is recognised as a whole wherever it is written in a prompt.
 *
 * @param content its text
 * @param id its id
 * @param normalized whether it is looked for in the normalised text (so in any case) rather than as written
 */
public record SpecialToken(String content, int id, boolean normalized) {
    /** @throws IllegalArgumentException if it is empty, as it would stand everywhere */
    public SpecialToken {
        if (content.isEmpty()) throw new IllegalArgumentException("expected a token with text, got an empty one");
    }

    /** A stretch of text, or the special token that stands there. */
    public record Piece(String text, int id) {
        public boolean isText() {
            return id < 0;
        }
    }

    /** Parts a text at the tokens, the longest one where several begin at the same place. */
    public static List<Piece> part(String text, List<SpecialToken> tokens) {
        List<Piece> pieces = new ArrayList<>();
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            SpecialToken found = null;
            for (SpecialToken token : tokens) {
                boolean longer = found == null || token.content.length() > found.content.length();
                if (longer && text.startsWith(token.content, at)) found = token;
            }
            if (found == null) {
                at++;
                continue;
            }
            if (at > from) pieces.add(new Piece(text.substring(from, at), -1));
            pieces.add(new Piece(found.content, found.id));
            at += found.content.length();
            from = at;
        }
        if (from < text.length()) pieces.add(new Piece(text.substring(from), -1));
        return pieces;
    }
}
