package org.zeuxis.models.latentdiffusion.prompt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much the words of a prompt count, in AUTOMATIC1111's grammar: {@code (word)} a tenth more, {@code [word]} less by as much,
 * {@code (word:1.3)} that many times; brackets multiply, one that is not closed reaches to the end, and after a backslash they are
 * letters. A prompt without brackets stays as it is.
 *
 * @see <a href="https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Features#attentionemphasis">its manual</a>
 */
final class Emphasis {
    private static final double MORE = 1.1;
    private static final Pattern BRACKETS = Pattern.compile("[()\\[\\]]");
    private static final Pattern PIECES = Pattern.compile(
            "\\\\[()\\[\\]\\\\]?" // a letter
                    + "|:\\s*+([+-]?[.\\d]++)\\s*+([)\\]])" // a weight, and the bracket that it belongs to
                    + "|[()\\[\\]:]|[^\\\\()\\[\\]:]++");
    /** What the web UIs read as files, not as words. */
    private static final Pattern FILE = Pattern.compile("<(lora|lyco|hypernet):[^>]*>");

    /** A part of a prompt and how much it counts; 1 is as much as it does by itself. */
    record Stretch(String text, double weight) {}

    private final List<Stretch> stretches = new ArrayList<>();
    /** Where the brackets that are open begin. */
    private final Deque<Integer> round = new ArrayDeque<>();

    private final Deque<Integer> square = new ArrayDeque<>();

    private Emphasis() {}

    /** @throws IllegalArgumentException if the prompt asks for more than weights */
    static List<Stretch> read(String prompt) {
        Matcher file = FILE.matcher(prompt);
        if (file.find()) {
            throw new IllegalArgumentException("expected words in the prompt, got " + file.group()
                    + ", which names a file; give it when the model is opened, with --lora FILE:WEIGHT");
        }
        if (!BRACKETS.matcher(prompt).find()) return List.of(new Stretch(prompt, 1));
        Emphasis reading = new Emphasis();
        Matcher pieces = PIECES.matcher(prompt);
        while (pieces.find()) reading.piece(pieces);
        reading.round.forEach(from -> reading.multiply(from, MORE));
        reading.square.forEach(from -> reading.multiply(from, 1 / MORE));
        return joined(reading.stretches);
    }

    private void piece(Matcher m) {
        String text = m.group();
        char first = text.charAt(0);
        boolean weighs = m.group(1) != null;
        boolean closesSquare = weighs && m.group(2).equals("]");
        if (!square.isEmpty() && (closesSquare || first != '\\' && text.indexOf('|') >= 0)) {
            throw new IllegalArgumentException(
                    "expected words alone between [ and ], which then count less, got '" + text
                            + "', which would change them while the picture is drawn and is not supported; weigh with"
                            + " (word:0.8), or write \\[ for a bracket");
        }
        if (first == '\\') stretches.add(new Stretch(text.substring(1), 1));
        else if (first == '(') round.push(stretches.size());
        else if (first == '[') square.push(stretches.size());
        else if (weighs && !closesSquare && !round.isEmpty()) multiply(round.pop(), number(m.group(1)));
        else if (first == ')' && !round.isEmpty()) multiply(round.pop(), MORE);
        else if (first == ']' && !square.isEmpty()) multiply(square.pop(), 1 / MORE);
        else stretches.add(new Stretch(text, 1));
    }

    private static double number(String text) {
        try {
            double number = Double.parseDouble(text);
            if (Math.abs(number) <= 1000) return number;
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("expected a weight such as (word:1.3), got '" + text + "'");
    }

    private void multiply(int from, double factor) {
        for (int i = from; i < stretches.size(); i++) {
            Stretch s = stretches.get(i);
            stretches.set(i, new Stretch(s.text, s.weight * factor));
        }
    }

    /** Neighbours of one weight are one text: a word may reach over what was a bracket. */
    private static List<Stretch> joined(List<Stretch> all) {
        List<Stretch> joined = new ArrayList<>();
        for (Stretch s : all) {
            int last = joined.size() - 1;
            boolean alike = last >= 0 && joined.get(last).weight == s.weight;
            if (alike) joined.set(last, new Stretch(joined.get(last).text + s.text, s.weight));
            else joined.add(s);
        }
        return joined;
    }
}
