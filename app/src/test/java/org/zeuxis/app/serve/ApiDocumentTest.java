package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.app.draw.TinyUnClip;
import org.zeuxis.app.queue.GenerationQueue;
import org.zeuxis.app.queue.QueueLimits;
import org.zeuxis.app.queue.ResultFolder;
import org.zeuxis.app.serve.api.Abilities;
import org.zeuxis.app.serve.api.AllowedHosts;
import org.zeuxis.app.serve.api.OpenModels;
import org.zeuxis.app.serve.api.SentPictures;
import org.zeuxis.app.serve.api.ServedModels;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.hub.Found;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** The OpenAPI document says what there is: the same paths, and answers as they come. */
@Timeout(240)
class ApiDocumentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    private static JsonNode document() throws IOException {
        try (InputStream in = ApiServer.class.getResourceAsStream("openapi.json")) {
            return JSON.readTree(in);
        }
    }

    private record Operation(String path, String method, JsonNode said) {
        String name() {
            return method + " " + path;
        }
    }

    private static List<Operation> operations(JsonNode document) {
        List<Operation> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> each : path.getValue().properties()) {
                assertThat(each.getKey()).isIn(METHODS);
                all.add(new Operation(path.getKey(), each.getKey(), each.getValue()));
            }
        }
        return all;
    }

    private static OpenModels noModels() {
        OpenModels.Finding finding = new OpenModels.Finding() {
            @Override
            public List<Class<? extends AutoCloseable>> kinds(String name) {
                return List.of();
            }

            @Override
            public <M extends AutoCloseable> Found<M> find(String name, Class<M> kind) throws IOException {
                throw new IOException("none");
            }
        };
        OpenModels.Opening opening = new OpenModels.Opening() {
            @Override
            public <M extends AutoCloseable> M open(Found<M> found) throws IOException {
                throw new IOException("none");
            }
        };
        return new OpenModels(finding, opening, () -> 0, Duration.ofHours(1));
    }

    @Test
    void itHasEveryPathOfTheServerAndNoOther(@TempDir Path results) throws Exception {
        Set<String> registered = new TreeSet<>();
        QueueLimits limits = new QueueLimits(1, 1, Duration.ofSeconds(1));
        try (OpenModels models = noModels();
                Meters meters = new Meters();
                GenerationQueue queue = GenerationQueue.start(limits, () -> {}, ticket -> {})) {
            Serving serving = new Serving(
                    new ServedModels(
                            List.of("none"), Instant.now(), name -> new Abilities(Set.of(), List.of(), List.of())),
                    models,
                    queue,
                    ResultFolder.open(results, 1),
                    8,
                    new SentPictures(AllowedHosts.NONE),
                    null,
                    null);
            ApiServer server = new ApiServer(serving, Access.of(null, null), meters);
            Javalin javalin = Javalin.create(config -> server.add(config.routes));
            Set<HandlerType> others =
                    new HashSet<>(List.of(HandlerType.BEFORE, HandlerType.AFTER, HandlerType.BEFORE_MATCHED));
            javalin.unsafe.internalRouter.allHttpHandlers().stream()
                    .map(parsed -> parsed.endpoint)
                    .filter(endpoint -> !others.contains(endpoint.method))
                    .forEach(endpoint ->
                            registered.add(endpoint.method.toString().toLowerCase(Locale.ROOT) + " "
                                    + endpoint.path.replace('<', '{').replace('>', '}')));
        }
        Set<String> said = new TreeSet<>();
        for (Operation each : operations(document())) said.add(each.name());
        assertThat(said).isEqualTo(registered).hasSizeGreaterThan(15);
    }

    /** What the specification asks for, as far as no schema of it is at hand. */
    @Test
    void itIsAWholeOpenApiDocument() throws IOException {
        JsonNode document = document();
        assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
        assertThat(document.path("info").path("title").asText()).isNotEmpty();
        assertThat(document.path("info").path("version").asText()).isNotEmpty();
        Set<String> tags = new HashSet<>();
        document.path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
        Set<String> ids = new HashSet<>();
        for (Operation each : operations(document)) {
            JsonNode said = each.said;
            assertThat(ids.add(said.path("operationId").asText()))
                    .as(each.name())
                    .isTrue();
            assertThat(said.path("summary").asText()).as(each.name()).isNotEmpty();
            assertThat(said.path("responses").properties()).as(each.name()).isNotEmpty();
            said.path("tags").forEach(tag -> assertThat(tags).contains(tag.asText()));
            Set<String> inPath = new HashSet<>();
            for (JsonNode parameter : said.path("parameters")) {
                JsonNode whole = resolved(document, parameter);
                assertThat(whole.path("schema").isObject()).as(each.name()).isTrue();
                if (!whole.path("in").asText().equals("path")) continue;
                inPath.add(whole.path("name").asText());
                assertThat(whole.path("required").asBoolean()).isTrue();
            }
            Set<String> wanted = new HashSet<>();
            for (Matcher m = PARAMETER.matcher(each.path); m.find(); ) wanted.add(m.group(1));
            assertThat(inPath).as(each.name()).isEqualTo(wanted);
            for (JsonNode response : said.path("responses")) {
                assertThat(resolved(document, response).path("description").asText())
                        .as(each.name())
                        .isNotEmpty();
            }
        }
        expectResolvable(document, document);
    }

    private static void expectResolvable(JsonNode document, JsonNode node) {
        if (node.isObject() && node.has("$ref")) {
            assertThat(resolved(document, node).isMissingNode())
                    .as(node.path("$ref").asText())
                    .isFalse();
        }
        if (node.isObject() && node.has("required") && node.path("required").isArray()) {
            node.path("required")
                    .forEach(key -> assertThat(node.path("properties").has(key.asText()))
                            .as(node.toString())
                            .isTrue());
        }
        node.forEach(each -> expectResolvable(document, each));
    }

    private static JsonNode resolved(JsonNode document, JsonNode node) {
        if (!node.has("$ref")) return node;
        return document.at(node.path("$ref").asText().substring(1));
    }

    /** What keeps a value from being what a schema says; nothing if it is. */
    private static List<String> faults(JsonNode document, JsonNode schema, JsonNode value, String at) {
        JsonNode s = resolved(document, schema);
        List<String> all = new ArrayList<>();
        if (s.has("oneOf")) {
            int fits = 0;
            for (JsonNode each : s.path("oneOf")) {
                if (faults(document, each, value, at).isEmpty()) fits++;
            }
            if (fits != 1) all.add(at + ": fits " + fits + " of oneOf");
            return all;
        }
        Set<String> types = new HashSet<>();
        if (s.path("type").isTextual()) types.add(s.path("type").asText());
        s.path("type").forEach(type -> types.add(type.asText()));
        if (types.contains("number")) types.add("integer");
        String type = value.isIntegralNumber()
                ? "integer"
                : value.isNumber() ? "number" : value.getNodeType().name().toLowerCase(Locale.ROOT);
        if (!types.isEmpty() && !types.contains(type)) all.add(at + ": expected " + types + ", got " + value);
        if (s.has("const") && !s.path("const").equals(value)) all.add(at + ": got " + value);
        if (s.has("enum")) {
            List<JsonNode> allowed = new ArrayList<>();
            s.path("enum").forEach(allowed::add);
            if (!allowed.contains(value)) all.add(at + ": got " + value);
        }
        if (value.isObject()) {
            s.path("required").forEach(key -> {
                if (!value.has(key.asText())) all.add(at + ": lacks " + key);
            });
            for (Map.Entry<String, JsonNode> each : value.properties()) {
                JsonNode property = s.path("properties").path(each.getKey());
                if (!property.isMissingNode()) {
                    all.addAll(faults(document, property, each.getValue(), at + "." + each.getKey()));
                } else if (!s.path("additionalProperties").asBoolean(true)) {
                    all.add(at + ": says nothing of " + each.getKey());
                }
            }
        }
        if (value.isArray() && s.has("items")) {
            value.forEach(each -> all.addAll(faults(document, s.path("items"), each, at + "[]")));
        }
        return all;
    }

    private static void expectAsSaid(String operation, HttpResponse<String> response) throws IOException {
        JsonNode document = document();
        JsonNode said = operations(document).stream()
                .filter(each -> each.name().equals(operation))
                .findFirst()
                .orElseThrow()
                .said
                .path("responses");
        String status = Integer.toString(response.statusCode());
        JsonNode answer = said.has(status) ? said.path(status) : said.path(status.charAt(0) + "XX");
        JsonNode schema = resolved(document, answer)
                .path("content")
                .path("application/json")
                .path("schema");
        assertThat(schema.isObject()).as(operation + " " + status).isTrue();
        assertThat(faults(document, schema, JSON.readTree(response.body()), status))
                .as(operation + " " + response.body())
                .isEmpty();
    }

    @Test
    void whatComesIsAsItSays(@TempDir Path folder) throws Exception {
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        try (RunningServer server =
                RunningServer.start(folder.resolve("results"), "--model", CommandRun.TINY, "--model", clip)) {
            String uri = "data:image/png;base64,"
                    + Base64.getEncoder()
                            .encodeToString(ImageFile.png(new Image(8, 8, 3, new byte[8 * 8 * 3]), PngText.NONE));
            HttpResponse<String> served = server.get("/openapi.json");
            assertThat(JSON.readTree(served.body())).isEqualTo(document());
            expectAsSaid("get /v1/models", server.get("/v1/models"));
            expectAsSaid("get /v1/models/{model}", server.get("/v1/models/" + clip));
            expectAsSaid("get /v1/models/{model}", server.get("/v1/models/none"));
            String draw = "{\"prompt\":\"a cat\",\"steps\":1,\"size\":\"16x16\"}";
            expectAsSaid("post /v1/images/generations", server.post("/v1/images/generations", draw));
            expectAsSaid("post /v1/images/generations", server.post("/v1/images/generations", "{}"));
            HttpResponse<String> later = server.post("/v1/images/generations", draw, "Prefer", "respond-async");
            expectAsSaid("post /v1/images/generations", later);
            String job = later.headers().firstValue("Location").orElseThrow();
            assertThat(server.get(job + "/events").body()).contains("event: end");
            expectAsSaid("get /v1/zeuxis/jobs/{id}", server.get(job));
            expectAsSaid(
                    "delete /v1/zeuxis/jobs/{id}", server.send(server.to(job).DELETE()));
            expectAsSaid("get /v1/zeuxis/queue", server.get("/v1/zeuxis/queue"));
            expectAsSaid("get /readyz", server.get("/readyz"));
            expectAsSaid(
                    "post /v1/embeddings",
                    server.post("/v1/embeddings", "{\"input\":[\"a red car\",\"" + uri + "\"]}"));
            expectAsSaid(
                    "post /v1/zeuxis/classify",
                    server.post("/v1/zeuxis/classify", "{\"labels\":[\"a\",\"b\"],\"images\":[\"" + uri + "\"]}"));
            expectAsSaid("post /v1/zeuxis/search", server.post("/v1/zeuxis/search", "{\"text\":\"a car\"}"));
        }
    }

    /** Each field that a request may have, one at a time beside those it has to have. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/images/generations",
                "/v1/images/edits",
                "/v1/images/variations",
                "/v1/zeuxis/blend",
                "/v1/zeuxis/upscale",
                "/v1/embeddings",
                "/v1/zeuxis/classify"
            })
    void eachFieldThatItNamesIsTaken(String path, @TempDir Path folder) throws Exception {
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        String unclip = TinyUnClip.save(folder.resolve("unclip"));
        byte[] png = ImageFile.png(new Image(16, 16, 3, new byte[16 * 16 * 3]), PngText.NONE);
        String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
        boolean own = path.equals("/v1/zeuxis/blend") || path.equals("/v1/zeuxis/upscale");
        Map<String, Object> samples = Map.ofEntries(
                Map.entry("model", own ? unclip : path.startsWith("/v1/images") ? CommandRun.TINY : clip),
                Map.entry("strength", 0.5),
                Map.entry("steps", 4),
                Map.entry("prompt", "a cat"),
                Map.entry("size", own ? "8x8" : "16x16"),
                Map.entry("sampler", "ddim"),
                Map.entry("to", 32),
                Map.entry("input", "a red car"),
                Map.entry("labels", List.of("a", "b")),
                Map.entry("templates", List.of("one {}")),
                Map.entry("images", List.of(uri)),
                Map.entry("dimensions", 8));
        // this model reads none of these
        Set<String> others = path.equals("/v1/zeuxis/upscale")
                ? Set.of("prompt", "negative_prompt", "noise", "clip_skip")
                : Set.of();
        JsonNode content = document()
                .path("paths")
                .path(path)
                .path("post")
                .path("requestBody")
                .path("content");
        JsonNode json = content.path("application/json").path("schema");
        JsonNode schema =
                json.isMissingNode() ? content.path("multipart/form-data").path("schema") : json;
        List<String> required = new ArrayList<>();
        schema.path("required").forEach(key -> required.add(key.asText()));
        if (own) required.add("steps");
        if (path.equals("/v1/zeuxis/upscale")) required.add("to");
        if (path.equals("/v1/zeuxis/blend")) required.add("size");
        try (RunningServer server = RunningServer.start(
                folder.resolve("results"), "--model", CommandRun.TINY, "--model", unclip, "--model", clip)) {
            for (Map.Entry<String, JsonNode> each : schema.path("properties").properties()) {
                if (others.contains(each.getKey())) continue;
                Set<String> keys = new TreeSet<>(required);
                keys.add(each.getKey());
                Map<String, Object> fields = new TreeMap<>();
                FormData form = new FormData();
                for (String key : keys) {
                    Object value = sample(key, schema.path("properties").path(key), samples);
                    fields.put(key, value);
                    boolean file = key.equals("image") || key.equals("mask");
                    if (!file) form.text(key, value);
                    for (int i = 0; file && i < (path.endsWith("blend") ? 2 : 1); i++) {
                        form.file(key, key.equals("mask") ? clear() : png);
                    }
                }
                HttpResponse<String> taken = json.isMissingNode()
                        ? server.post(path, form)
                        : server.post(path, JSON.writeValueAsString(fields));
                assertThat(taken.statusCode())
                        .as(path + " " + each.getKey() + " " + taken.body())
                        .isEqualTo(200);
            }
        }
    }

    /** A mask that is transparent everywhere. */
    private static byte[] clear() {
        return ImageFile.png(new Image(16, 16, 4, new byte[16 * 16 * 4]), PngText.NONE);
    }

    private static Object sample(String key, JsonNode schema, Map<String, Object> samples) {
        Object given = samples.get(key);
        if (given != null) return given;
        if (schema.has("enum")) return JSON.convertValue(schema.path("enum").path(0), Object.class);
        if (schema.has("default")) return JSON.convertValue(schema.path("default"), Object.class);
        return switch (schema.path("type").asText()) {
            case "integer", "number" -> schema.path("minimum").asInt(1);
            case "boolean" -> false;
            case "object" -> Map.of();
            default -> "x";
        };
    }

    /** The check of answers sees what is wrong. */
    @Test
    void anAnswerThatIsNotAsItSaysIsSeen() throws IOException {
        JsonNode schema = JSON.readTree("{\"$ref\":\"#/components/schemas/Ready\"}");
        for (String wrong : List.of("{}", "{\"ready\":1}", "{\"ready\":true,\"more\":1}", "[]")) {
            assertThat(faults(document(), schema, JSON.readTree(wrong), ""))
                    .as(wrong)
                    .isNotEmpty();
        }
        assertThat(faults(document(), schema, JSON.readTree("{\"ready\":true}"), ""))
                .isEmpty();
    }
}
