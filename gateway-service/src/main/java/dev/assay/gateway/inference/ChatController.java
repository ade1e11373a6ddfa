// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.client.ClientConnection;
import dev.assay.gateway.client.ClientGoneException;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.ModelDirectory;
import dev.assay.gateway.model.RunModels;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Admits({Role.MEMBER, Role.RUN})
@Tag(name = "Inference")
class ChatController {

    private static final Logger log = LoggerFactory.getLogger(ChatController.class);

    /** The members of a call that are looked at, for the API document. */
    @Schema(
            example =
                    """
                    {"model": "scripted/letter-count",
                     "messages": [{"role": "user", "content": "How many times does the letter r occur in strawberry?"}]}""")
    record AskedCall(
            @Schema(minLength = 1, pattern = "\\S", description = "A model's slug, display name or id.") String model,
            @ArraySchema(minItems = 1) List<AskedMessage> messages,
            @Nullable Boolean stream) {}

    /** What is looked at of a message. */
    record AskedMessage(String role) {}

    private final ModelDirectory models;
    private final RunModels allowed;
    private final RunningCalls calls;
    private final Providers providers;
    private final MeterRegistry meters;

    ChatController(ModelDirectory models, RunModels allowed, RunningCalls calls, Providers providers, MeterRegistry meters) {
        this.models = models;
        this.allowed = allowed;
        this.calls = calls;
        this.providers = providers;
        this.meters = meters;
    }

    @Operation(
            summary = "Call a model",
            description = "OpenAI's Chat Completions. With `stream: true` the answer comes as server-sent events. Fields that the gateway "
                    + "does not know go on to the model's provider. The header `x-assay-provider` names the provider that answered.",
            requestBody = @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(
                    implementation = AskedCall.class))),
            responses = @ApiResponse(
                    responseCode = "200",
                    description = "A completion, or a stream of its chunks",
                    content = {
                        @Content(mediaType = "application/json", schema = @Schema(type = "object")),
                        @Content(mediaType = "text/event-stream")
                    }))
    @Refuses(status = 404, when = "The catalog has no such model.")
    @Refuses(status = 429, when = "The provider takes no more calls now.")
    @PostMapping({"/inference/chat/completions", "/inference/v1/chat/completions"})
    void complete(Caller caller, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var timer = Timer.start(meters);
        var provider = "none";
        var running = calls.begin(caller);
        try (running) {
            var body = ChatRequest.read(request.getInputStream());
            var asked = body.path("model").asString();
            var model = models.resolve(caller.team(), asked);
            allowed.check(caller, asked, model);
            provider = model.provider();
            response.setHeader("x-assay-provider", provider);
            response.setHeader("x-assay-model", model.modelName());
            providers.named(model).answer(new ModelCall(model, body), response, ClientConnection.of(request));
        } catch (ModelErrorException e) {
            e.error().write(request, response);
        } catch (Problem e) {
            ModelError.of(e).write(request, response);
        } catch (ClientGoneException e) {
            response.setStatus(499);
        } catch (InterruptedException e) {
            if (running.isCut()) {
                endCut(request, response);
                return;
            }
            Thread.currentThread().interrupt();
            ModelError.unavailable("The gateway is stopping. Try again.", 1).write(request, response);
        } catch (IOException e) {
            log.debug("the client left before its answer was written", e);
        } finally {
            timer.stop(Timer.builder("assay.inference")
                    .tag("provider", provider)
                    .tag("status", String.valueOf(response.getStatus()))
                    .register(meters));
        }
    }

    /** What has begun to be streamed just ends: without its last line it does not look whole. */
    private static void endCut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!response.isCommitted()) {
            ModelError.unauthorized("The attempt that this run's key was made for has ended.").write(request, response);
        }
    }
}
