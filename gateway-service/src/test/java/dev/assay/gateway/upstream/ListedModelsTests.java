// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.contracts.internal.OfferedModels.Offer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Lists in the shapes in which providers give them. */
class ListedModelsTests {

    private static List<Offer> offers(String preset, String list, String... only) {
        return ListedModels.offers(
                new UpstreamSettings(preset, preset, "http://host/v1", "", null, List.of(only), null), JsonMapper.shared().readTree(list));
    }

    @Test
    void openaisModelsKeepTheirNames() {
        var found = offers("openai", """
                {"object": "list", "data": [
                  {"id": "gpt-5.6", "object": "model", "created": 1790000000, "owned_by": "openai"},
                  {"id": "gpt-4o-mini", "object": "model", "created": 1721172741, "owned_by": "system"},
                  {"id": "text-embedding-3-large"}, {"id": "whisper-1"}, {"id": "tts-1-hd"}, {"id": "dall-e-3"}, {"id": "gpt-image-1"},
                  {"id": "gpt-4o-realtime-preview"}, {"id": "omni-moderation-latest"}, {"id": "gpt-4o-audio-preview"}, {"id": "sora-2"}]}""");
        assertThat(found).containsExactly(
                new Offer("gpt-5.6", null, "openai", "openai", "gpt-5.6", Instant.ofEpochSecond(1790000000)),
                new Offer("gpt-4o-mini", null, "openai", "openai", "gpt-4o-mini", Instant.ofEpochSecond(1721172741)));
    }

    @Test
    void anthropicsHaveNamesForPeople() {
        var found = offers("anthropic", """
                {"data": [{"type": "model", "id": "claude-sonnet-4-6", "display_name": "Claude Sonnet 4.6", "created_at": "2026-02-17T00:00:00Z"}],
                 "has_more": false, "first_id": "a", "last_id": "b"}""");
        assertThat(found).containsExactly(new Offer(
                "claude-sonnet-4-6", "Claude Sonnet 4.6", "anthropic", "claude", "claude-sonnet-4-6", Instant.parse("2026-02-17T00:00:00Z")));
    }

    @Test
    void googlesLoseTheirPrefixAndThoseThatDoNotTalkStayAway() {
        var found = offers("google", """
                {"models": [
                  {"name": "models/gemini-3.1-pro-preview", "displayName": "Gemini 3.1 Pro", "supportedGenerationMethods": ["generateContent", "countTokens"]},
                  {"name": "models/aqa", "supportedGenerationMethods": ["generateAnswer"]},
                  {"name": "models/gemini-embedding-001", "supportedGenerationMethods": ["embedContent"]}], "nextPageToken": ""}""");
        assertThat(found).containsExactly(
                new Offer("gemini-3.1-pro-preview", "Gemini 3.1 Pro", "gemini", "gemini", "gemini-3.1-pro-preview", null));
    }

    @Test
    void othersCarryTheirVendor() {
        var openrouter = offers("openrouter", """
                {"data": [{"id": "anthropic/claude-sonnet-4.6", "created": 1790000000}, {"id": "z-ai/glm-5.2"},
                  {"id": "google/veo-3", "architecture": {"output_modalities": ["video"]}}]}""");
        assertThat(openrouter).extracting(Offer::modelName).containsExactly("anthropic/claude-sonnet-4.6", "z-ai/glm-5.2");
        assertThat(openrouter).extracting(Offer::agentType).containsExactly("claude", "openai_compatible");
        assertThat(openrouter).extracting(Offer::provider).containsExactly("anthropic", "z-ai");
        var xai = offers("xai", "{\"data\": [{\"id\": \"grok-4-1-fast\"}]}");
        assertThat(xai).containsExactly(new Offer("xai/grok-4-1-fast", null, "xai", "openai_compatible", "grok-4-1-fast", null));
        var together = offers("together", """
                [{"id": "Qwen/Qwen3-4B", "type": "chat", "created": 0}, {"id": "black-forest-labs/FLUX.1", "type": "image"}]""");
        assertThat(together).extracting(Offer::modelName).containsExactly("Qwen/Qwen3-4B");
        var mistral = offers("mistral", """
                {"data": [{"id": "mistral-large", "capabilities": {"completion_chat": true}}, {"id": "mistral-x", "capabilities": {"completion_chat": false}}]}""");
        assertThat(mistral).extracting(Offer::modelName).containsExactly("mistral/mistral-large");
    }

    @Test
    void onlyTheNamedOnesAreOffered() {
        assertThat(offers("openai", "{\"data\": [{\"id\": \"a\"}, {\"id\": \"b\"}]}", "b", "c")).extracting(Offer::modelName).containsExactly("b");
        var azure = new UpstreamSettings("azure", "azure", "https://r.openai.azure.com/openai/v1", "k", null, List.of("my-deployment"), null);
        assertThat(ListedModels.named(azure))
                .containsExactly(new Offer("azure/my-deployment", null, "openai", "openai", "my-deployment", null));
    }

    @Test
    void oddEntriesSpoilNothing() {
        assertThat(offers("openai", """
                {"data": [null, 7, "x", {}, {"id": null}, {"id": ""}, {"id": "good", "created": "soon", "created_at": "never"},
                  {"id": "far", "created": 99999999999999999}, {"id": "%s"}]}""".formatted("x".repeat(201)))).extracting(Offer::modelName).containsExactly("good", "far");
    }

    @Test
    void whatIsNoListIsAnErrorAndNotAnEmptyOne() {
        for (var list : List.of("{}", "{\"error\": {\"message\": \"no\"}}", "\"x\"", "null", "{\"data\": {}}")) {
            assertThatThrownBy(() -> offers("openai", list)).as(list).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
