// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.sampling;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.sampling.Samplers.Found;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers as a server of models does; it is the gateway that asks. */
@RestController
@Hidden
@Admits(Role.SERVICE)
class ChatController {

    private static final Logger LOG = LoggerFactory.getLogger(ChatController.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Samplers samplers;
    private final Clock clock;

    ChatController(Samplers samplers, Clock clock) {
        this.samplers = samplers;
        this.clock = clock;
    }

    @PostMapping("/v1/chat/completions")
    ResponseEntity<byte[]> answer(@RequestBody byte[] body) {
        var request = ChatRequest.of(json(body));
        var found = samplers.find(request.model(), request.checkpoint());
        try {
            return answer(request, found);
        } catch (UncheckedIOException e) {
            LOG.error("model {} cannot be sampled from", request.model(), e);
            samplers.forget(found);
            throw ChatException.unavailable("This model cannot be sampled from just now.");
        }
    }

    private ResponseEntity<byte[]> answer(ChatRequest request, Found found) {
        var sampler = found.sampler();
        var prompt = sampler.prompt(request.conversation());
        var sampled = sampler.sample(prompt, request.sampling());
        var answer = new ChatAnswer(
                "chatcmpl-" + UUID.randomUUID(), clock.instant().getEpochSecond(), found.slug(), request, sampler, prompt, sampled,
                sampler.reply(sampled, request.conversation()));
        var response = ResponseEntity.ok();
        if (found.checkpoint() != null) {
            response.header("x-hud-checkpoint", found.checkpoint());
        }
        return request.stream()
                ? response.contentType(MediaType.TEXT_EVENT_STREAM).body(answer.stream())
                : response.contentType(MediaType.APPLICATION_JSON).body(answer.whole());
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw ChatException.invalid("body", "is no JSON");
        }
    }

    @ExceptionHandler
    ResponseEntity<byte[]> refused(RefusedException e) {
        return refused(e.status() == 413
                ? ChatException.tooLong(e.detail())
                : ChatException.invalid(Objects.requireNonNullElse(e.member(), "messages"), e.detail()));
    }

    @ExceptionHandler
    ResponseEntity<byte[]> refused(ChatException e) {
        var body = JSON.createObjectNode();
        body.putObject("error")
                .put("message", e.getMessage())
                .put("type", e.status().is4xxClientError() ? "invalid_request_error" : "server_error")
                .putNull("param")
                .put("code", e.code());
        return ResponseEntity.status(e.status()).contentType(MediaType.APPLICATION_JSON).body(JSON.writeValueAsBytes(body));
    }
}
