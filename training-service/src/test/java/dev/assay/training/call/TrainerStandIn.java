// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallAsk;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.CallOutcome.Failure;
import dev.assay.contracts.training.CallOutcome.Saved;
import dev.assay.contracts.training.Weights;
import dev.assay.testsupport.Tokens;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;

/** Stands in for a trainer: speaks as one, and computes nothing. Its gradients always move. */
final class TrainerStandIn {

    private final RestTestClient client;

    TrainerStandIn(int port, String name) {
        client = RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader(HttpHeaders.AUTHORIZATION, Tokens.trainer(name))
                .build();
    }

    /** Null: there was nothing for it. */
    @Nullable CallLease ask(long waitMillis) {
        return client.post().uri("/internal/training/leases").contentType(MediaType.APPLICATION_JSON).body(new CallAsk(List.of("toy"), waitMillis))
                .exchange().expectStatus().is2xxSuccessful().returnResult(CallLease.class).getResponseBody();
    }

    CallLease take() {
        var lease = ask(10_000);
        assertThat(lease).isNotNull();
        return lease;
    }

    CallLease take(String kind) {
        var lease = take();
        assertThat(lease.call().kind()).isEqualTo(kind);
        return lease;
    }

    void done(CallLease lease) {
        assertThat(tell(lease, outcome(lease, true)).value()).isEqualTo(204);
    }

    void doneAndFlat(CallLease lease) {
        assertThat(tell(lease, outcome(lease, false)).value()).isEqualTo(204);
    }

    void failed(CallLease lease, int status, String detail) {
        assertThat(tell(lease, new CallOutcome(lease.attempt(), new Failure(status, detail), Map.of(), false, null, null)).value()).isEqualTo(204);
    }

    private CallOutcome outcome(CallLease lease, boolean moves) {
        return switch (lease.call().kind()) {
            case Call.OPTIM_STEP ->
                new CallOutcome(lease.attempt(), null, Map.of("grad_norm", 1.5), false, null,
                        new Saved(put("weights of " + lease.call().id()), put("state of " + lease.call().id())));
            case Call.FORWARD -> new CallOutcome(lease.attempt(), null, Map.of(), false, putFloats(-0.5f, -0.25f), null);
            default -> new CallOutcome(lease.attempt(), null, Map.of("loss:sum", 2.0, "ratio_max", 1.25), moves, null, null);
        };
    }

    HttpStatusCode tell(CallLease lease, CallOutcome outcome) {
        return client.post().uri("/internal/training/calls/" + lease.call().id() + "/outcome").contentType(MediaType.APPLICATION_JSON).body(outcome)
                .exchange().returnResult(byte[].class).getStatus();
    }

    HttpStatusCode tellDone(CallLease lease) {
        return tell(lease, outcome(lease, true));
    }

    HttpStatusCode renew(CallLease lease) {
        return client.post().uri("/internal/training/calls/" + lease.call().id() + "/renew?attempt=" + lease.attempt())
                .exchange().returnResult(byte[].class).getStatus();
    }

    HttpStatusCode giveBack(CallLease lease) {
        return client.post().uri("/internal/training/calls/" + lease.call().id() + "/give-back?attempt=" + lease.attempt())
                .exchange().returnResult(byte[].class).getStatus();
    }

    String put(String content) {
        return put(content.getBytes(StandardCharsets.UTF_8));
    }

    private String putFloats(float... numbers) {
        var bytes = ByteBuffer.allocate(4 * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        return put(bytes.array());
    }

    private String put(byte[] content) {
        return client.put().uri("/internal/training/blobs").contentType(MediaType.APPLICATION_OCTET_STREAM).body(content)
                .exchange().expectStatus().isOk().returnResult(JsonNode.class).getResponseBody().path("sha256").asString();
    }

    byte[] blob(String sha256) {
        return client.get().uri("/internal/training/blobs/" + sha256).exchange().expectStatus().isOk().returnResult(byte[].class).getResponseBody();
    }

    Weights weights(String model, @Nullable String checkpoint) {
        return client.get().uri("/internal/training/models/" + model + "/weights" + (checkpoint == null ? "" : "?checkpoint=" + checkpoint))
                .exchange().expectStatus().isOk().returnResult(Weights.class).getResponseBody();
    }

    HttpStatusCode weightsStatus(String model, String checkpoint) {
        return client.get().uri("/internal/training/models/" + model + "/weights?checkpoint=" + checkpoint)
                .exchange().returnResult(byte[].class).getStatus();
    }
}
