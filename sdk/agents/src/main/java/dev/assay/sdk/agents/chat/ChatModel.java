// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonField;
import com.openai.core.JsonValue;
import com.openai.core.RequestOptions;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.assay.sdk.agents.Interruptible;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;

/** A server of the Chat Completions protocol, called through the provider's own library: its retries and waits are what servers expect. */
final class ChatModel implements AutoCloseable {

    /** As the published client has it for a gateway that answers "full, come back" for a while. */
    private static final int RETRIES = 6;

    private final OpenAIClient client;
    private final ModelCalls calls;

    /** @param calls told of what becomes of each try */
    ChatModel(ModelEndpoint endpoint, ModelCalls calls) {
        this.calls = calls;
        var builder = OpenAIOkHttpClient.builder()
                .baseUrl(endpoint.baseUrl())
                .apiKey(endpoint.apiKey())
                .sleeper(calls)
                .maxRetries(RETRIES);
        endpoint.headers().forEach(builder::putHeader);
        client = builder.build();
    }

    /**
     * Sends one request.
     *
     * @throws IOException with a message for people, if there was no usable answer
     */
    JsonNode complete(JsonNode body, ChatConfig config) throws Exception {
        var options = RequestOptions.builder();
        if (config.timeout() != null) {
            options.timeout(config.timeout());
        }
        return Interruptible.call(() -> call(params(body, config), options.build()));
    }

    @Override
    public void close() {
        client.close();
    }

    private JsonNode call(ChatCompletionCreateParams params, RequestOptions options) throws IOException {
        try (HttpResponse response = client.chat().completions().withRawResponse().create(params, options)) {
            var answer = Json.MAPPER.readTree(response.body());
            calls.answered();
            return answer;
        } catch (OpenAIServiceException e) {
            throw new IOException("Error code: " + e.statusCode() + reason(e.body()).map(reason -> " - " + reason).orElse(""), e);
        } catch (OpenAIException e) {
            throw new IOException("Connection error: " + root(e), e);
        } catch (JacksonIOException e) {
            throw new IOException("Connection error: " + root(e), e);
        } catch (JacksonException e) {
            throw new IOException("the model's answer is no JSON", e);
        } catch (IllegalArgumentException e) {
            throw new IOException("the model cannot be asked as the agent's config wants it: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ChatCompletionCreateParams params(JsonNode body, ChatConfig config) {
        var builder = ChatCompletionCreateParams.builder();
        body.propertyStream().forEach(member -> {
            var value = JsonValue.from(plain(member.getValue()));
            switch (member.getKey()) {
                case "model" -> builder.model((JsonField) value);
                case "messages" -> builder.messages((JsonField) value);
                default -> builder.putAdditionalBodyProperty(member.getKey(), value);
            }
        });
        config.headers().forEach(builder::putAdditionalHeader);
        config.query().forEach(builder::putAdditionalQueryParam);
        return builder.build();
    }

    /** Half of a character, which a task's arguments may hold, is more than the library's writer can take. */
    private static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                node.properties().forEach(member -> map.put(member.getKey(), plain(member.getValue())));
                yield map;
            }
            case ARRAY -> node.valueStream().map(ChatModel::plain).toList();
            case STRING ->
                node.stringValue().codePoints()
                        .map(point -> Character.getType(point) == Character.SURROGATE ? '\ufffd' : point)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            default -> Json.MAPPER.treeToValue(node, Object.class);
        };
    }

    private static Optional<String> reason(JsonValue body) {
        if (body.isMissing() || body.isNull()) {
            return Optional.empty();
        }
        var error = Json.MAPPER.<JsonNode>valueToTree(body.convert(Object.class));
        var message = error.path("error").path("message").asString(error.path("message").asString(""));
        return Optional.of(message.isEmpty() ? error.toString() : message);
    }

    private static String root(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
    }
}
