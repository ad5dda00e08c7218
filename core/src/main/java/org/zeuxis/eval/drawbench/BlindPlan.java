package org.zeuxis.eval.drawbench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.zeuxis.file.AtomicFile;

/**
 * In which order a rater sees the prompts, and whose pictures on which side: at random, the same whenever that rater comes
 * back, and not to be guessed without the key of the folder.
 */
public final class BlindPlan {
    private static final String NAME = "blind.key";
    private static final int KEY_BYTES = 32;

    private final SecretKeySpec key;
    private final String rater;
    private final List<Pair> pairs;

    /**
     * Two sets of pictures beside one another.
     *
     * @param id names them to a rater, and tells nothing
     * @param left whose pictures stand on the left
     */
    public record Pair(String id, int prompt, Preference left) {
        public Preference right() {
            return left == Preference.FIRST ? Preference.SECOND : Preference.FIRST;
        }
    }

    private BlindPlan(SecretKeySpec key, String rater, int prompts) {
        this.key = key;
        this.rater = rater;
        byte[] seed = code("order");
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) number = number << 8 | seed[i] & 255;
        Random random = new Random(number);
        List<Integer> order = new ArrayList<>();
        for (int p = 0; p < prompts; p++) order.add(p);
        Collections.shuffle(order, random);
        List<Pair> all = new ArrayList<>();
        for (int p : order) {
            all.add(new Pair(id("pair", p), p, random.nextBoolean() ? Preference.FIRST : Preference.SECOND));
        }
        pairs = List.copyOf(all);
    }

    /** The plan of a rater for a folder, whose key is made when the first one comes. */
    public static BlindPlan of(Path folder, String rater, int prompts) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            byte[] fresh = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(fresh);
            AtomicFile.write(file, HexFormat.of().formatHex(fresh) + "\n");
        }
        String text = Files.readString(file).strip();
        try {
            return new BlindPlan(new SecretKeySpec(HexFormat.of().parseHex(text), "HmacSHA256"), rater, prompts);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    file + ": expected a key in hexadecimal digits, got other text; restore it, as it keeps the order"
                            + " of the raters",
                    e);
        }
    }

    /** What the rater sees, in this order. */
    public List<Pair> pairs() {
        return pairs;
    }

    /** What a picture of a pair is called to the rater: it does not tell whose it is. */
    public String picture(Pair pair, Preference model, int i) {
        return id(model.word() + "/" + i, pair.prompt());
    }

    private String id(String what, int prompt) {
        return HexFormat.of().formatHex(code(what + "/" + prompt), 0, 12);
    }

    private byte[] code(String what) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal((rater + "\n" + what).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
