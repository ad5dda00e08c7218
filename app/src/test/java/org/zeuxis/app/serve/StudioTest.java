package org.zeuxis.app.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static com.microsoft.playwright.assertions.PlaywrightAssertions.setDefaultAssertionTimeout;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.Chromium;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.app.draw.TinyUnClip;
import org.zeuxis.app.drawbench.DrawnFolder;
import org.zeuxis.eval.drawbench.AnswerLog;
import org.zeuxis.eval.drawbench.Category;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** The studio in a browser, used as people do, with the embedded model; axe-core looks at what they see. */
class StudioTest {
    private static final String TOKEN = "a token of more than sixteen letters";

    @TempDir
    private Path folder;

    private final List<String> troubles = new ArrayList<>();
    private Playwright playwright;
    private Page page;

    @BeforeEach
    void open() {
        setDefaultAssertionTimeout(60_000); // a busy machine opens the model within it
        Path chromium = Chromium.onPath();
        Assumptions.assumeTrue(chromium != null, "no chromium on the PATH: the studio was not tried in a browser");
        playwright = Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright.chromium().launch(new LaunchOptions().setExecutablePath(chromium));
        page = browser.newContext(new NewContextOptions()
                        .setViewportSize(1280, 800)
                        .setReducedMotion(ReducedMotion.REDUCE)) // a colour on its way is none that axe should judge
                .newPage();
        page.onPageError(troubles::add);
        page.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) troubles.add(message.text());
        });
    }

    @AfterEach
    void close() {
        if (playwright != null) playwright.close();
    }

    /** What axe-core finds serious. */
    private void expectAccessible() throws IOException {
        try (InputStream in = StudioTest.class.getResourceAsStream("/axe.min.js")) {
            String axe = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            Object found = page.evaluate(axe
                    + ";axe.run(document, {resultTypes: ['violations']}).then(all => all.violations"
                    + ".filter(each => ['serious', 'critical'].includes(each.impact))"
                    + ".map(each => each.id + ' ' + each.nodes.map(node => node.target).join(' ')))");
            assertThat((List<?>) found).isEmpty();
        }
    }

    /** Drops a file on a part of the page. */
    private void drop(String target, byte[] file) {
        page.evaluate(
                "([target, data]) => { const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));"
                        + " const files = new DataTransfer();"
                        + " files.items.add(new File([bytes], 'apple.png', {type: 'image/png'}));"
                        + " document.querySelector(target).dispatchEvent(new DragEvent('drop',"
                        + " {dataTransfer: files, bubbles: true, cancelable: true})); }",
                List.of(target, Base64.getEncoder().encodeToString(file)));
    }

    private byte[] drawn() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return Files.readAllBytes(
                    files.filter(file -> file.endsWith("0.png")).findFirst().orElseThrow());
        }
    }

    @Test
    void aPictureIsDrawnKeptTakenBackMaskedAndClassified() throws Exception {
        try (RunningServer server = RunningServer.start(folder)) {
            page.navigate(server.address().toString());
            assertThat(page.locator(".tale")).isVisible();
            assertThat(page.locator("#model option")).hasCount(3);
            expectAccessible();

            page.locator("#prompt").fill("a red apple");
            page.locator("#steps").fill("4");
            page.locator("#seed").fill("7");
            assertThat(page.locator("#samplers option[value='unipc']")).hasCount(1);
            page.locator("#sampler").fill("euler");
            page.keyboard().press("Control+Enter");
            assertThat(page.locator(".facts h2")).hasText("a red apple");
            assertThat(page.locator("#wall-count")).hasText("1");
            assertThat(page.locator(".film button")).hasCount(4);
            assertThat(page.locator(".reel h3")).hasText("Why it looks so: step by step");
            page.locator(".film button").first().click();
            assertThat(page.locator("#frame-says")).hasText("After step 1 of 4");
            expectAccessible();
            page.reload();
            assertThat(page.locator("#wall li")).hasCount(1);
            assertThat(page.locator(".facts dl")).containsText("Seed7");
            assertThat(page.locator(".facts dl")).containsText("Samplereuler");
            page.locator("#sampler").fill("");

            page.locator("#prompt").fill("grapes");
            page.locator("#steps").fill("900");
            page.keyboard().press("Control+Enter");
            assertThat(page.locator("#job-says")).containsText("of 900");
            page.keyboard().press("Escape");
            assertThat(page.locator(".notice")).hasText("Cancelled.×");
            assertThat(page.locator("#wall li")).hasCount(1);

            drop("#draw", drawn());
            assertThat(page.locator("#prompt")).hasValue("a red apple");
            assertThat(page.locator("#steps")).hasValue("4");
            assertThat(page.locator("#seed")).hasValue("7");
            assertThat(page.locator("#sampler")).hasValue("euler");

            drop("#source", drawn());
            page.locator("#paint").click();
            assertThat(page.locator("#painting")).isVisible();
            page.keyboard().press("Space");
            expectAccessible();
            page.locator("#painting .chief").click();
            assertThat(page.locator("#paint")).hasText("Change the mask");
            page.locator("#go").click();
            assertThat(page.locator("#wall-count")).hasText("2");
            assertThat(page.locator(".facts dl")).containsText("Strength0.75");

            page.locator("#unsource").click();
            page.locator("#size").fill("4096x4096");
            page.locator("#go").click();
            assertThat(page.locator(".notice.error")).containsText("expected at most 1024 pixels");

            page.emulateMedia(new EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
            expectAccessible();
            page.locator("#tabs a[href='#classify']").click();
            page.locator("#labels").fill("a cat, a red apple");
            drop("#classify", drawn());
            assertThat(page.locator("#classified li")).hasCount(1);
            page.locator("#classify-go").click();
            assertThat(page.locator(".bars span").first()).hasText("a red apple");
            expectAccessible();

            page.locator("#tabs a[href='#mix']").click();
            assertThat(page.locator("#mix-go")).hasText("Vary");
            page.locator("input[value='blend']").check();
            assertThat(page.locator("#mix-go")).hasText("Blend");
            assertThat(page.locator("#mix-model option")).hasText(new String[] {"unclip"});
            expectAccessible();
            page.locator("#tabs a[href='#search']").click();
            assertThat(page.locator("#search-none")).containsText("zeuxis serve --index INDEX");
            assertThat(page.locator("#search-form")).isHidden();
            expectAccessible();

            page.setViewportSize(390, 844);
            page.locator("#tabs a[href='#chat']").click();
            assertThat(page.locator("#chat-room")).isVisible();
            expectAccessible();
            page.locator("#tabs a[href='#draw']").click();
            assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
            expectAccessible();
        }
        page.locator("#go").click();
        assertThat(page.locator("#state")).hasText("The server does not reply; trying again");
        assertThat(troubles).isEmpty();
    }

    @Test
    void whatNoServedModelCanDoIsNotOffered() throws Exception {
        try (RunningServer server = RunningServer.start(folder, "--model", "pictograms")) {
            page.navigate(server.address() + "#mix");
            assertThat(page.locator("#mix-go")).hasText("Vary");
            page.locator("input[value='blend']").check();
            assertThat(page.locator("#mix-none")).containsText("No model is served that blends pictures.");
            assertThat(page.locator("#mix-none")).containsText("--model unclip");
            assertThat(page.locator("#mix-form")).isHidden();
            expectAccessible();
            page.locator("#tabs a[href='#chat']").click();
            assertThat(page.locator("#chat-none")).containsText("zeuxis serve --model pictograms --model flamingo");
            assertThat(page.locator("#chat-room")).isHidden();
            expectAccessible();
        }
        assertThat(troubles).isEmpty();
    }

    /** A picture of its own for each shade. */
    private static byte[] picture(int shade) {
        byte[] samples = new byte[20 * 20 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i * (7 + 13 * shade) / (3 + shade % 2));
        return ImageFile.png(new Image(20, 20, 3, samples), PngText.NONE);
    }

    @Test
    void picturesAreBlendedEnlargedAndFound() throws Exception {
        String unclip = TinyUnClip.save(folder.resolve("unclip"));
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        Path album = Files.createDirectories(folder.resolve("album"));
        for (int i = 0; i < 3; i++) Files.write(album.resolve("p" + i + ".png"), picture(i));
        String index = folder.resolve("index").toString();
        assertThat(CommandRun.of("search", "index", album.toString(), "--into", index, "--clip", clip)
                        .code())
                .isZero();
        try (RunningServer server =
                RunningServer.start(folder.resolve("results"), "--model", unclip, "--model", clip, "--index", index)) {
            page.navigate(server.address() + "#mix");
            page.locator("input[value='blend']").check();
            assertThat(page.locator("#mix-model option")).hasCount(1);
            page.locator("#mix-count").fill("3");
            drop("#mix", picture(0));
            page.locator("#mix-go").click();
            assertThat(page.locator(".notice.error")).containsText("expected a second picture to blend with");
            drop("#mix", picture(1));
            assertThat(page.locator("#mix-b img")).isVisible();
            expectAccessible();
            page.locator("#mix-go").click();
            assertThat(page.locator("#wall-count")).hasText("3");
            assertThat(page.locator(".facts dl")).containsText("Made byblend");

            page.locator("#tabs a[href='#mix']").click();
            page.locator("input[value='upscale']").check();
            assertThat(page.locator("#mix-to")).hasValue("32");
            assertThat(page.locator("#mix-count")).isHidden();
            expectAccessible();
            page.locator("#mix-go").click();
            assertThat(page.locator("#wall-count")).hasText("4");
            assertThat(page.locator(".facts dl")).containsText("Size32 × 32");

            page.locator("#tabs a[href='#search']").click();
            assertThat(page.locator("#search-lead")).containsText("3 pictures");
            drop("#search", picture(2));
            assertThat(page.locator("#found li")).hasCount(3);
            assertThat(page.locator("#found li").first()).containsText("p2.png");
            page.locator("#search-text").fill("a red car");
            page.keyboard().press("Enter");
            assertThat(page.locator("#search-like img")).hasCount(0);
            assertThat(page.locator("#found img")).hasCount(3);
            expectAccessible();
            page.setViewportSize(390, 844);
            for (String tab : List.of("search", "mix", "classify")) {
                page.locator("#tabs a[href='#" + tab + "']").click();
                assertThat(page.evaluate("document.documentElement.scrollWidth"))
                        .as(tab)
                        .isEqualTo(390);
                expectAccessible();
            }
        }
        assertThat(troubles).isEmpty();
    }

    @Test
    void aTokenIsAskedFor() throws Exception {
        Path tokens = folder.resolve("tokens");
        Files.writeString(tokens, TOKEN);
        try (RunningServer server = RunningServer.start(folder, "--token-file", tokens.toString())) {
            page.navigate(server.address().toString());
            assertThat(page.locator("#asking")).isVisible();
            expectAccessible();
            page.keyboard().type("another of more than sixteen");
            page.keyboard().press("Enter");
            assertThat(page.locator("#asking-why")).hasText("expected a token of this server, got another");
            page.keyboard().type(TOKEN);
            page.keyboard().press("Enter");
            assertThat(page.locator("#model option")).hasCount(3);
            assertThat(troubles).isEmpty();
        }
    }

    @Test
    void picturesAreRatedWithTheTokenOfTheStudio() throws Exception {
        Path drawn = folder.resolve("drawn");
        Comparison comparison = DrawnFolder.write(drawn, 2, List.of(new Prompt("a car", Category.COLORS, List.of())));
        Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN);
        try (RunningServer server = RunningServer.start(
                folder.resolve("results"),
                "--model",
                CommandRun.TINY,
                "--rate",
                drawn.toString(),
                "--token-file",
                tokens.toString())) {
            page.navigate(server.address() + "rate/");
            assertThat(page.locator("#locked")).isVisible();
            expectAccessible();
            page.locator("#locked a").click();
            assertThat(page.locator("#asking")).isVisible();
            page.keyboard().type(TOKEN);
            page.keyboard().press("Enter");
            page.locator("#rate").click();
            page.locator("#rater").waitFor();
            page.keyboard().type("anna");
            page.keyboard().press("Enter");
            assertThat(page.locator("#say-left")).isEnabled();
            expectAccessible();
            page.keyboard().press("ArrowDown");
            assertThat(page.locator("#count")).hasText("1 of 2");
            assertThat(AnswerLog.read(drawn, comparison)).hasSize(1);
            assertThat(page.locator("#caption")).containsText("a car");
            page.keyboard().press("ArrowDown");
            assertThat(page.locator("#end")).isVisible();
            assertThat(troubles).isEmpty();
        }
    }

    @Test
    void aBrowserFetchesOnlyWhatHasChanged() throws Exception {
        try (RunningServer server = RunningServer.start(folder)) {
            HttpResponse<String> first = server.get("/");
            assertThat(first.body()).contains("<title>Zeuxis Studio</title>");
            assertThat(first.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("script-src 'self'", "img-src 'self' blob:")
                    .doesNotContain("unsafe");
            String tag = first.headers().firstValue("ETag").orElseThrow();
            assertThat(server.get("/", "If-None-Match", tag).statusCode()).isEqualTo(304);
            assertThat(server.get("/studio/none.js").statusCode()).isEqualTo(404);
        }
    }
}
