package org.zeuxis.text.language;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.zeuxis.text.ByteAlphabet;
import org.zeuxis.text.BytePairEncoding;

/** How a text becomes the symbols that byte pairs join, and tokens a text again. */
sealed interface Spelling {

    /**
     * The text as words are looked for in it.
     *
     * @param first whether nothing stands before it
     */
    String normalized(String text, boolean first);

    /** What is joined by itself. */
    List<String> words(String text);

    /** The ids that a word is made of at first. */
    int[] symbols(String word, BytePairEncoding encoding);

    String read(List<String> tokens);

    /** Whether what a token reads as depends on those after it. */
    boolean isPart(String token);

    /**
     * Every byte is a symbol; words part as in GPT-2.
     *
     * @param spaceFirst whether a text that begins with no space gets one
     */
    record Bytes(boolean spaceFirst) implements Spelling {
        private static final Pattern WORD = Pattern.compile(
                "'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                Pattern.UNICODE_CHARACTER_CLASS);

        /** The bytes as their tokens are written. */
        static Stream<String> names() {
            return ByteAlphabet.ALL.chars().mapToObj(c -> String.valueOf((char) c));
        }

        @Override
        public String normalized(String text, boolean first) {
            return text;
        }

        @Override
        public List<String> words(String text) {
            String whole = spaceFirst && !text.isEmpty() && !text.startsWith(" ") ? " " + text : text;
            List<String> all = new ArrayList<>();
            Matcher m = WORD.matcher(whole);
            while (m.find()) all.add(m.group());
            return all;
        }

        @Override
        public int[] symbols(String word, BytePairEncoding encoding) {
            return ByteAlphabet.spell(word)
                    .chars()
                    .map(c -> encoding.symbol(String.valueOf((char) c), word))
                    .toArray();
        }

        @Override
        public String read(List<String> tokens) {
            return ByteAlphabet.read(tokens);
        }

        @Override
        public boolean isPart(String token) {
            return false; // of what is unfinished it says so itself, by U+FFFD at its end
        }
    }

    /**
     * Every character is a symbol, a space that of its mark; what the vocabulary lacks is spelled in bytes.
     *
     * @param marked which texts begin with the mark of a space
     * @param strips whether a space that tokens begin with is dropped
     */
    record Characters(Marked marked, boolean strips) implements Spelling {
        static final String SPACE = "▁";
        private static final Pattern BYTE = Pattern.compile("<0x([0-9A-F]{2})>");

        enum Marked {
            EACH,
            /** The first alone, and not where it follows a special token. */
            FIRST,
            NONE
        }

        @Override
        public String normalized(String text, boolean first) {
            String spaced = text.replace(" ", SPACE);
            boolean marks = marked == Marked.EACH || (marked == Marked.FIRST && first && !spaced.startsWith(SPACE));
            return marks && !text.isEmpty() ? SPACE + spaced : spaced;
        }

        @Override
        public List<String> words(String text) {
            return List.of(text);
        }

        @Override
        public int[] symbols(String word, BytePairEncoding encoding) {
            return word.codePoints()
                    .mapToObj(Character::toString)
                    .flatMapToInt(c -> encoding.id(c) >= 0
                            ? IntStream.of(encoding.id(c))
                            : bytes(c).map(b -> encoding.symbol(named(b), word)))
                    .toArray();
        }

        /** A byte as its token is written. */
        static String named(int b) {
            return String.format("<0x%02X>", b);
        }

        static Stream<String> names() {
            return IntStream.range(0, 256).mapToObj(Characters::named);
        }

        private static IntStream bytes(String c) {
            byte[] bytes = c.getBytes(StandardCharsets.UTF_8);
            return IntStream.range(0, bytes.length).map(i -> bytes[i] & 255);
        }

        @Override
        public String read(List<String> tokens) {
            StringBuilder text = new StringBuilder();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (String token : tokens) {
                Matcher m = BYTE.matcher(token);
                if (m.matches()) {
                    bytes.write(Integer.parseInt(m.group(1), 16));
                } else {
                    text.append(characters(bytes)).append(token.replace(SPACE, " "));
                    bytes.reset();
                }
            }
            text.append(characters(bytes));
            return strips && text.indexOf(" ") == 0 ? text.substring(1) : text.toString();
        }

        @Override
        public boolean isPart(String token) {
            return BYTE.matcher(token).matches();
        }

        /** Bytes that are not all of UTF-8 become U+FFFD each, as in the tokenizers library. */
        private static String characters(ByteArrayOutputStream bytes) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes.toByteArray()))
                        .toString();
            } catch (CharacterCodingException e) {
                return "\uFFFD".repeat(bytes.size());
            }
        }
    }
}
