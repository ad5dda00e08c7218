package org.zeuxis.app.drawbench;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.Chromium;
import org.zeuxis.eval.drawbench.Answer;
import org.zeuxis.eval.drawbench.AnswerLog;
import org.zeuxis.eval.drawbench.Category;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.eval.drawbench.Question;

/**
 * The rating page in a browser, driven as a rater does: by keyboard. The test tells the models apart by the colours of their
 * pictures alone, red and blue, and compares what it meant with what the log holds.
 */
class RatingPageTest {
    private static final int PROMPTS = 15; // of two questions each
    private static final String[] KEYS = {"ArrowLeft", "ArrowDown", "ArrowRight", "a", "s", "b"};

    @TempDir
    private Path folder;

    private Comparison comparison;
    private Playwright playwright;
    private Browser browser;

    @BeforeEach
    void open() throws IOException {
        Path chromium = Chromium.onPath();
        Assumptions.assumeTrue(chromium != null, "no chromium on the PATH: the rating page was not tried in a browser");
        List<Prompt> prompts = new ArrayList<>();
        for (int p = 0; p < PROMPTS; p++)
            prompts.add(new Prompt("caption number " + p, Category.values()[p % 11], List.of()));
        comparison = DrawnFolder.write(folder, 8, prompts);
        playwright = Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright.chromium().launch(new LaunchOptions().setExecutablePath(chromium));
    }

    @AfterEach
    void close() {
        if (playwright != null) playwright.close();
    }

    /** A rater at a page: what it meant to say, by caption and question. */
    private final class Rater {
        private final String name;
        private final BrowserContext context = browser.newContext();
        private final Page page = context.newPage();
        private final Random random;
        private final Map<String, Preference> meant = new HashMap<>();
        private final List<String> captions = new ArrayList<>();
        private final Set<Preference> lefts = new HashSet<>();
        private final List<String> troubles = new ArrayList<>();
        private final List<String> sent = new ArrayList<>();
        private final List<byte[]> received = new ArrayList<>();
        private Preference fidelity = Preference.SAME;

        private Rater(String name, long seed, String address) {
            this.name = name;
            random = new Random(seed);
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) troubles.add(message.text());
            });
            page.onPageError(troubles::add);
            page.onRequest(this::keep);
            page.onResponse(this::keep);
            page.navigate(address);
            page.locator("#rater").waitFor();
            page.keyboard().type(name);
            page.keyboard().press("Enter");
        }

        private void keep(Request request) {
            sent.add(request.method() + " " + request.url() + " " + request.headers() + " " + request.postData());
        }

        private void keep(Response response) {
            sent.add(response.headers().toString());
            try {
                received.add(response.body());
            } catch (RuntimeException e) {
                return; // a reload or the kill took it away; the page asks again
            }
        }

        /** Waits until the page takes an answer, and gives the caption; empty if it shows none. */
        private String wait(int done) {
            assertThat(page.locator("#count")).hasText(done + " of " + 2 * PROMPTS);
            assertThat(page.locator("#say-left")).isEnabled();
            String text = page.locator("#caption").textContent();
            return text.startsWith("“") ? text.substring(1, text.length() - 1) : "";
        }

        private Preference left() {
            Object red = page.evaluate(
                    "() => { const p = document.querySelector('#left img'); const c = document.createElement('canvas');"
                            + " c.width = c.height = 48; const g = c.getContext('2d'); g.drawImage(p, 0, 0);"
                            + " const d = g.getImageData(24, 24, 1, 1).data; return d[0] > d[2]; }");
            return Boolean.TRUE.equals(red) ? Preference.FIRST : Preference.SECOND;
        }

        /** Presses a key, and remembers what that meant. */
        private void answer(int done) {
            String caption = wait(done);
            Preference left = left();
            Preference right = left == Preference.FIRST ? Preference.SECOND : Preference.FIRST;
            lefts.add(left);
            int key = random.nextInt(KEYS.length);
            Preference says = List.of(left, Preference.SAME, right).get(key % 3);
            if (done % 2 == 0) {
                assertThat(caption).as("no caption beside the first question").isEmpty();
                assertThat(page.content()).doesNotContain("caption number");
                fidelity = says;
            } else {
                captions.add(caption);
                meant.put(caption + " fidelity", fidelity);
                meant.put(caption + " alignment", says);
            }
            page.keyboard().press(KEYS[key]);
        }

        private Map<String, Preference> logged() throws IOException {
            Map<String, Preference> logged = new HashMap<>();
            for (Answer answer : AnswerLog.read(folder, comparison)) {
                if (!answer.rater().equals(name)) continue;
                String caption = comparison.prompts().get(answer.prompt()).text();
                logged.put(caption + " " + answer.question().word(), answer.preference());
            }
            return logged;
        }
    }

    @Test
    void thirtyAnswersOfTwoRatersOutliveAReloadAndAKill() throws IOException {
        RatingProcess server = RatingProcess.start(folder, "--port", "0");
        try {
            Rater anna = new Rater("anna", 1, server.address());
            Rater ben = new Rater("ben", 2, server.address());
            for (int i = 0; i < 11; i++) {
                anna.answer(i);
                ben.answer(i);
            }
            anna.wait(11);
            anna.page.reload();
            for (int i = 11; i < 17; i++) {
                anna.answer(i);
                ben.answer(i);
            }
            anna.wait(17);
            ben.wait(17);
            server.kill();
            assertThat(AnswerLog.read(folder, comparison)).hasSize(34);
            anna.answer(17); // to nobody
            assertThat(anna.page.locator("#trouble")).containsText("Not saved yet");
            server = RatingProcess.start(folder, "--port", Integer.toString(server.port()));
            for (int i = 18; i < 30; i++) anna.answer(i);
            for (int i = 17; i < 30; i++) ben.answer(i);
            for (Rater rater : List.of(anna, ben)) {
                assertThat(rater.page.locator("#end")).isVisible();
                assertThat(rater.meant).hasSize(30);
                assertThat(rater.logged()).isEqualTo(rater.meant);
                assertThat(rater.lefts).containsExactlyInAnyOrder(Preference.FIRST, Preference.SECOND);
            }
            assertThat(anna.captions).hasSameElementsAs(ben.captions).isNotEqualTo(ben.captions);
            assertThat(anna.captions)
                    .isNotEqualTo(
                            comparison.prompts().stream().map(Prompt::text).toList());
            assertThat(AnswerLog.read(folder, comparison)).hasSize(60);
            // the refused connections while nobody served are all that may be said on the console
            assertThat(anna.troubles).allMatch(said -> said.contains("ERR_CONNECTION"));
            assertThat(ben.troubles).isEmpty();
            expectBlind(anna, server.address());
            expectBlind(ben, server.address());
        } finally {
            server.close();
        }
    }

    /** Nothing that went to or came from the page tells whose pictures are whose, nor came from elsewhere. */
    private static void expectBlind(Rater rater, String address) {
        assertThat(rater.received).hasSizeGreaterThan(16 * PROMPTS);
        List<String> all = new ArrayList<>(rater.sent);
        for (byte[] body : rater.received) all.add(new String(body, StandardCharsets.ISO_8859_1));
        for (String text : all) {
            assertThat(text).doesNotContain("lion", "tiger", "first", "second", "FIRST", "SECOND", "tEXt", "iTXt");
        }
        assertThat(rater.sent.stream().filter(text -> text.startsWith("GET ") || text.startsWith("POST ")))
                .allMatch(text -> text.contains(" " + address));
    }

    @Test
    void backspaceChangesTheLastAnswer() throws IOException {
        try (RatingProcess server = RatingProcess.start(folder, "--port", "0", "--rater", "carl")) {
            Page page = browser.newPage();
            page.navigate(server.address());
            assertThat(page.locator("#say-left")).isEnabled();
            page.keyboard().press("ArrowLeft");
            assertThat(page.locator("#count")).hasText("1 of 30");
            assertThat(page.locator("#ask")).hasText("Which set fits this better?");
            page.keyboard().press("Backspace");
            assertThat(page.locator("#ask")).hasText("Which set is better made?");
            page.locator("#say-same").click();
            assertThat(page.locator("#ask")).hasText("Which set fits this better?");
            assertThat(page.locator("#count")).hasText("1 of 30");
            List<Answer> answers = AnswerLog.read(folder, comparison);
            assertThat(answers).hasSize(1);
            assertThat(answers.get(0).question()).isEqualTo(Question.FIDELITY);
            assertThat(answers.get(0).preference()).isEqualTo(Preference.SAME);
        }
    }
}
