// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.agents.AgentResult;
import dev.assay.sdk.agents.AgentRun;
import dev.assay.sdk.agents.NoModelAnswerException;
import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.RecordedSteps;
import dev.assay.sdk.agents.gemini.GeminiDialect;
import dev.assay.sdk.agents.model.QuickModels;
import dev.assay.sdk.agents.openai.OpenAiDialect;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.protocol.Json;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Models, and servers of tools, that say what nobody should: each ends its run with words that say so, or is told so. */
@Timeout(60)
class OddAnswersTests {

    private static final String LONG = "x".repeat(1_000_000);

    private final RecordedSteps steps = new RecordedSteps();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{}                                            | the model's answer has no output: {}",
        "[]                                            | the model's answer has no output: []",
        "{`output`: null}                              | the model's answer has no output: {\"output\":null}",
        "{`output`: [], `error`: {`message`: `over`}}  | the provider answered with an error: over",
        "{`output`: [], `error`: `over`}               | the provider answered with an error: \"over\"",
        "{`output`: [{`type`: `function_call`, `name`: `f`, `arguments`: `{}`}]} | the model's answer has a call without call_id:"
            + " {\"type\":\"function_call\",\"name\":\"f\",\"arguments\":\"{}\"}",
    })
    void aResponseThatIsNone(String body, String error) {
        assertThatThrownBy(() -> run(new OpenAiDialect(), "{}", Json.object().put("content", "none"), "{`body`: " + body + "}"))
                .isInstanceOf(NoModelAnswerException.class)
                .hasMessage(error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[]                                                      | the model gave no candidate for an answer",
        "[{}]                                                    | the model gave no candidate for an answer",
        "[{`candidates`: null}]                                  | the model gave no candidate for an answer",
        "[{`candidates`: [null]}]                                | the model gave no candidate for an answer",
        "[`half`]                                                | the model's stream holds what is no chunk of an answer: \"half\"",
        "[{`error`: {`code`: 429, `status`: `EXHAUSTED`}}]       | 429 EXHAUSTED. {'error': {'code': 429, 'status': 'EXHAUSTED'}}",
    })
    void aStreamThatIsNone(String events, String error) {
        assertThatThrownBy(() -> run(new GeminiDialect(), "{}", Json.object(), "{`events`: " + events + "}"))
                .isInstanceOf(NoModelAnswerException.class)
                .hasMessage(error);
    }

    @Test
    void aConversationWithoutIdCannotGoOn() throws Exception {
        var result = run(new OpenAiDialect(), "{}", Json.object(), """
                {`body`: {`output`: [{`type`: `function_call`, `call_id`: `c`, `name`: `f`, `arguments`: `{}`}]}}""");

        assertThat(result).isEqualTo(AgentResult.modelFailed(
                null, "the model's last answer had no id by which the conversation could go on"));
    }

    @Test
    void aMillionCharactersOfArgumentsArePassedOnAndShownInPartWhereTheyAreBroken() throws Exception {
        var arguments = Json.object().put("q", LONG).toString();
        var result = run(new OpenAiDialect(), "{}", Json.object(), """
                {`body`: {`id`: `r`, `output`: [{`type`: `function_call`, `call_id`: `c`, `name`: `echo`, `arguments`: %s},
                 {`type`: `function_call`, `call_id`: `d`, `name`: `echo`, `arguments`: %s}]}}""".formatted(
                        Json.tree(arguments), Json.tree(arguments.substring(1))), """
                {`body`: {`id`: `s`, `output`: [{`type`: `message`, `content`: [{`type`: `output_text`, `text`: `done`}]}]}}""");

        assertThat(result.content()).isEqualTo("done");
        assertThat(steps.toolText(0)).isEqualTo(LONG);
        assertThat(steps.toolText(1)).contains("'\"q\":\"xxx").hasSizeLessThan(500);
    }

    @Test
    void argumentsThatAreNoObjectAreNone() throws Exception {
        run(new GeminiDialect(), "{}", Json.object(), """
                {`events`: [{`candidates`: [{`content`: {`parts`: [{`functionCall`: {`name`: `echo`, `args`: [1]}}]}}]}]}""", """
                {`events`: [{`candidates`: [{`content`: {`parts`: [{`text`: `done`}]}}]}]}""");

        assertThat(steps.agent(0).toolCalls().getFirst().arguments()).isEqualTo(Json.object());
    }

    @Test
    void anImageThatIsNoneEndsTheRun() throws Exception {
        var picture = Json.object().put("type", "image").put("mimeType", "image/png").put("data", "A");
        var result = run(new GeminiDialect(), "{}", picture, """
                {`events`: [{`candidates`: [{`content`: {`parts`: [{`functionCall`: {`name`: `picture`}}]}}]}]}""");

        assertThat(result.status()).isEqualTo("error");
        assertThat(result.error()).startsWith("the tool picture returned an image that is no base64: ");
    }

    @Test
    void picturesAreToldInTheAlphabetThatTheProviderWants() throws Exception {
        try (var model = new ScriptedModel(json("""
                [{`events`: [{`candidates`: [{`content`: {`parts`: [{`functionCall`: {`name`: `picture`}}]}}]}]},
                 {`events`: [{`candidates`: [{`content`: {`parts`: [{`text`: `done`}]}}]}]}]"""))) {
            run(new GeminiDialect(), Json.object(), Json.object().put("type", "image").put("data", "+/8="), model);

            assertThat(model.asked.path(1).path("body").path("contents").path(2).toString())
                    .isEqualTo("{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"picture\",\"response\":{\"success\":true},"
                            + "\"parts\":[{\"inline_data\":{\"mime_type\":\"image/png\",\"data\":\"-_8=\"}}]}}]}");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{`truncation`: `half`}         | truncation must be auto or disabled, not \"half\"",
        "{`prompt_cache_key`: ``}       | prompt_cache_key must be a text of 1 to 64 characters",
        "{`prompt_cache_key`: 5}        | prompt_cache_key must be a text of 1 to 64 characters",
    })
    void aConfigThatMakesNoSenseIsToldByItsField(String config, String error) {
        assertThatThrownBy(() -> run(new OpenAiDialect(), config, Json.object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(error);
    }

    @Test
    void alsoGeminis() {
        assertThatThrownBy(() -> run(new GeminiDialect(), "{`thinking_level`: `deep`}", Json.object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("thinking_level must be one of minimal, low, medium and high, not \"deep\"");
    }

    private AgentResult run(Dialect dialect, String config, JsonNode block, String... answers) throws Exception {
        try (var model = new ScriptedModel(json("[" + String.join(",", answers) + "]"))) {
            return run(dialect, json(config), block, model);
        }
    }

    private AgentResult run(Dialect dialect, JsonNode config, JsonNode block, ScriptedModel model) throws Exception {
        var run = new AgentRun(
                "2b0e365b20f64f3bb114738e592b4f44", null, config, PromptTurn.of(Json.tree("Go.")), List.of(), FakeWorkspace::route,
                model.endpoint(), steps);
        var schema = json("{`type`: `object`, `properties`: {`q`: {`type`: `string`}}}");
        ToolServer server = new EchoServer(List.of(
                new ToolServer.Listed("echo", "Says it again.", schema), new ToolServer.Listed("picture", "Shows one.", schema)), block);
        var offers = dialect.offers(Connections.of(null, null, Map.of("docs", server)), run);
        var conversation = dialect.open(QuickModels.at(run.model(), dialect.wire()), run, offers);
        var tools = offers.stream().map(Offer::tool).toList();
        return new ToolLoop(conversation, tools, FollowUp.NEVER, LoopSettings.of(config), steps, Clock.systemUTC()).run();
    }

    private static JsonNode json(String text) {
        return Json.MAPPER.readTree(text.replace('`', '"'));
    }
}
