package org.zeuxis.image.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a picture was generated from, in the form the usual web UIs write and read under the PNG key
 * {@link PngText#PARAMETERS}: the prompt, a line "Negative prompt: …", a last line "Steps: 20, Sampler: Euler a, …".
 *
 * @param prompt may have several lines
 * @param negativePrompt empty if there is none
 * @param settings in the order written, such as Steps, Sampler, CFG scale, Seed, Size, Model
 */
public record WebUiParameters(String prompt, String negativePrompt, Map<String, String> settings) {
    private static final String NEGATIVE = "Negative prompt:";
    private static final Pattern SETTING =
            Pattern.compile("\\s*+(\\w[\\w \\-/]{1,99}):\\s*+(\"(?:\\\\.|[^\\\\\"])++\"|[^,]*+)(?:,|$)");
    private static final int FEWEST_SETTINGS = 3; // a last line with fewer belongs to the prompt
    private static final ObjectMapper JSON = new ObjectMapper();

    public WebUiParameters {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** The text to keep under {@link PngText#PARAMETERS}; a value with a comma, colon or line break is quoted. */
    public String toText() {
        StringBuilder text = new StringBuilder(prompt);
        if (!negativePrompt.isEmpty()) {
            text.append('\n').append(NEGATIVE).append(' ').append(negativePrompt);
        }
        String before = "\n";
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            text.append(before).append(setting.getKey()).append(": ").append(quoted(setting.getValue()));
            before = ", ";
        }
        return text.toString();
    }

    /** Reads such a text; whatever is no setting belongs to the prompts. */
    public static WebUiParameters parse(String text) {
        String[] lines = text.strip().split("\n", -1);
        Map<String, String> settings = new LinkedHashMap<>();
        int ends = lines.length;
        Matcher found = SETTING.matcher(lines[ends - 1]);
        while (found.find()) settings.put(found.group(1).strip(), unquoted(found.group(2)));
        if (settings.size() >= FEWEST_SETTINGS) ends--;
        else settings.clear();

        StringBuilder prompt = new StringBuilder();
        StringBuilder negative = new StringBuilder();
        StringBuilder into = prompt;
        for (int i = 0; i < ends; i++) {
            String line = lines[i].strip();
            if (line.startsWith(NEGATIVE)) {
                into = negative;
                line = line.substring(NEGATIVE.length()).strip();
            }
            into.append(into.isEmpty() ? "" : "\n").append(line);
        }
        return new WebUiParameters(prompt.toString(), negative.toString(), settings);
    }

    private static String quoted(String value) {
        boolean plain = value.indexOf(',') < 0 && value.indexOf(':') < 0 && value.indexOf('\n') < 0;
        if (plain) return value;
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("expected a setting that is text, got '" + value + "'", e);
        }
    }

    private static String unquoted(String value) {
        String text = value.strip();
        if (!text.startsWith("\"") || !text.endsWith("\"")) return text;
        try {
            return JSON.readValue(text, String.class);
        } catch (JsonProcessingException e) {
            return text; // not quoted by toText(): as it stands
        }
    }
}
