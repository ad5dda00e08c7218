package org.zeuxis.text.sentencepiece;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts a text into the pieces that are most probable together, each piece having a probability of its own.
 *
 * @see <a href="https://arxiv.org/abs/1804.10959">Subword Regularization</a>, section 3.2
 */
final class Unigram {
    /** How much less probable an unknown character is than the least probable piece, as a logarithm. */
    private static final double UNKNOWN_PENALTY = 10;

    /** @param score the logarithm of its probability */
    record Piece(String text, double score) {}

    private final List<Piece> pieces;
    private final Map<String, Integer> ids = new HashMap<>();
    private final int unknownId;
    private final int longest; // piece, in UTF-16 units
    private final double unknownScore;

    /** @throws IllegalArgumentException if the unknown piece is not among the pieces */
    Unigram(List<Piece> pieces, int unknownId) {
        if (unknownId < 0 || unknownId >= pieces.size()) {
            throw new IllegalArgumentException(
                    "expected an unknown piece among the " + pieces.size() + ", got number " + unknownId);
        }
        this.pieces = List.copyOf(pieces);
        this.unknownId = unknownId;
        int most = 1;
        double lowest = Double.POSITIVE_INFINITY;
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            ids.put(piece.text, id);
            most = Math.max(most, piece.text.length());
            lowest = Math.min(lowest, piece.score);
        }
        longest = most;
        unknownScore = lowest - UNKNOWN_PENALTY;
    }

    int size() {
        return pieces.size();
    }

    int unknownId() {
        return unknownId;
    }

    String text(int id) {
        return pieces.get(id).text;
    }

    /** The number of a piece; −1 if there is none. */
    int id(String piece) {
        return ids.getOrDefault(piece, -1);
    }

    /** The best cut of a text (Viterbi's algorithm); unknown characters in a row become one. */
    List<Integer> encode(String text) {
        double[] best = new double[text.length() + 1];
        int[] lastPiece = new int[text.length() + 1];
        int[] lastStart = new int[text.length() + 1];
        Arrays.fill(lastStart, -1);
        for (int start = 0, next; start < text.length(); start = next) {
            next = text.offsetByCodePoints(start, 1);
            boolean known = false;
            for (int end = next; end <= text.length() && end - start <= longest; end = after(text, end)) {
                Integer id = ids.get(text.substring(start, end));
                if (id == null) continue;
                known |= end == next;
                double score = best[start] + pieces.get(id).score;
                if (lastStart[end] < 0 || score > best[end]) {
                    best[end] = score;
                    lastPiece[end] = id;
                    lastStart[end] = start;
                }
            }
            double unknown = best[start] + unknownScore;
            if (!known && (lastStart[next] < 0 || unknown > best[next])) {
                best[next] = unknown;
                lastPiece[next] = unknownId;
                lastStart[next] = start;
            }
        }
        List<Integer> cut = new ArrayList<>();
        for (int end = text.length(); end > 0; end = lastStart[end]) {
            boolean again = lastPiece[end] == unknownId && !cut.isEmpty() && cut.get(cut.size() - 1) == unknownId;
            if (!again) cut.add(lastPiece[end]);
        }
        Collections.reverse(cut);
        return cut;
    }

    private static int after(String text, int end) {
        return end < text.length() ? text.offsetByCodePoints(end, 1) : end + 1;
    }
}
