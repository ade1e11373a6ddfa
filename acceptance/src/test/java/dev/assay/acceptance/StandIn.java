// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Stands in for OpenAI, Anthropic, Google and a server that only knows Chat Completions ("compat"): {@code models/stand_in.py},
 * which takes only what the official SDKs could have sent, and writes down what it was asked. Who wants to find his own requests again
 * puts a mark into his prompts.
 */
final class StandIn {

    /** The official SDKs, by which requests are judged and with which they are made. */
    static final Path SDKS = Client.besideTheClient("sdks", "openai==3.57.0", "anthropic==2.14.0", "google-genai==3.6.1");

    /** Models that nobody offers by himself: the others list theirs, and a key is enough to find them in the catalog. */
    private static final Map<String, String> ENTERED =
            Map.of("text-embedding-3-small", "openai", "x-ai/grok-4-1-fast", "compat", "moonshotai/kimi-k2.6", "compat",
                    "gpt-5.6-luna", "compat", "Qwen/Qwen3.5-4B", "compat", "gemini-embedding-001", "google");
    /** One of each provider's list. */
    static final List<String> OFFERED = List.of("gpt-5.4-mini", "claude-haiku-4-5", "gemini-2.5-pro");
    /** Behind those that every platform of the tests has. */
    private static final int FIRST_ENTRY = 11;

    private static @Nullable StandIn shared;

    private final Path log = Repository.freshFolder("stand-in").resolve("asked.jsonl");
    private final int port;

    private StandIn() {
        var process = Running.start(log.getParent(), Map.of(),
                List.of(SDKS.resolve("python").toString(), Repository.resource("models/stand_in.py").toString(), log.toString()));
        Runtime.getRuntime().addShutdownHook(new Thread(process::close));
        port = Integer.parseInt(process.waitFor("listening on (\\d+)", Duration.ofMinutes(1)).group(1));
    }

    static synchronized StandIn shared() {
        if (shared == null) {
            shared = new StandIn();
        }
        return shared;
    }

    /** What a platform must know to ask it: the keys, and where the providers are. */
    Map<String, String> variables() {
        var variables = new HashMap<String, String>();
        for (var provider : List.of("openai", "anthropic", "google")) {
            variables.put("ASSAY_" + provider.toUpperCase(Locale.ROOT) + "_API_KEY", "key-of-" + provider);
        }
        variables.put("ASSAY_OPENAI_BASE_URL", url() + "/openai/v1");
        variables.put("ASSAY_ANTHROPIC_BASE_URL", url() + "/anthropic");
        variables.put("ASSAY_GOOGLE_BASE_URL", url() + "/google/v1beta");
        variables.put("ASSAY_UPSTREAMS_0_NAME", "compat");
        variables.put("ASSAY_UPSTREAMS_0_BASE_URL", url() + "/compat/v1");
        variables.put("ASSAY_UPSTREAMS_0_API_KEY", "key-of-compat");
        // it is made to fail so often that otherwise it would be left alone
        variables.put("ASSAY_BREAKERS_CALLS", "100000");
        variables.put("ASSAY_BREAKERS_LEAST", "100000");
        var at = FIRST_ENTRY;
        for (var model : ENTERED.entrySet()) {
            var entry = "ASSAY_MODELS_" + at++ + "_";
            variables.put(entry + "MODELNAME", model.getKey());
            variables.put(entry + "NAME", model.getKey());
            variables.put(entry + "PROVIDER", model.getValue());
            variables.put(entry + "UPSTREAMMODEL", model.getKey());
        }
        return variables;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The requests that hold this mark, in the order in which they ended. None of them may be one that a provider would not take. */
    List<JsonNode> asked(String mark) {
        var found = all().stream().filter(line -> line.get("body").toString().contains(mark)).toList();
        assertThat(found).allSatisfy(line -> assertThat(line.get("problem").isNull()).as("%s", line).isTrue());
        return found;
    }

    /** The same, once there are so many: a request is written down after its answer, which is there at once. */
    List<JsonNode> asked(String mark, int times) {
        await().until(() -> asked(mark).size() >= times);
        return asked(mark);
    }

    /** Which model was asked for: in Google's dialect the path names it. */
    static String model(JsonNode asked) {
        return asked.get("body").path("model").asString(asked.get("path").stringValue().replaceAll("/v1beta/models/(.*):.*", "$1"));
    }

    /** How many of these requests went on at the same time, at most. */
    static int atOnce(List<JsonNode> asked) {
        return (int) asked.stream()
                .mapToLong(one -> asked.stream().filter(other -> began(other) <= began(one) && began(one) < ended(other)).count())
                .max().orElse(0);
    }

    private static double began(JsonNode line) {
        return line.get("began").doubleValue();
    }

    private static double ended(JsonNode line) {
        return line.get("ended").doubleValue();
    }

    private List<JsonNode> all() {
        try {
            var lines = new ArrayList<JsonNode>();
            var text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8); // the last line may be half written
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> lines.add(Api.JSON.readTree(line)));
            return lines;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
