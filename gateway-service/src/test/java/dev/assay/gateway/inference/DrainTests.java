// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.call.Ending;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.identity.ModelClients.ModelClient;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class DrainTests {

    private static final Duration LONG = Duration.ofHours(1);

    private Watch watch;

    @AfterEach
    void end() {
        watch.destroy();
    }

    @Test
    void aStoppingGatewayTakesNoCallsAndLetsThoseUnderWayEnd() {
        var drain = draining(LONG);
        var call = call();
        var open = watch.over(call, (CoyoteAnswer) call.client(), new ModelClient(call.caller(), null, null, "a key", () -> true), true);
        var stopped = CompletableFuture.runAsync(drain::stop);
        await().until(drain::stopping);
        assertThat(stopped).isNotDone();
        assertThat(call.ending()).isEmpty();
        open.close();
        stopped.join();
    }

    @Test
    void aCallWhoseBodyIsBeingReadIsWaitedForToo() {
        var drain = draining(LONG);
        var admitted = drain.admit();
        var stopped = CompletableFuture.runAsync(drain::stop);
        await().until(drain::stopping);
        await().during(Duration.ofMillis(200)).until(() -> !stopped.isDone());
        admitted.close();
        stopped.join();
    }

    @Test
    void whatDoesNotEndInTimeIsEnded() {
        var drain = draining(Duration.ZERO);
        var call = call();
        var open = watch.over(call, (CoyoteAnswer) call.client(), new ModelClient(call.caller(), null, null, "a key", () -> true), true);
        var stopped = CompletableFuture.runAsync(drain::stop);
        await().until(() -> call.ending().isPresent());
        assertThat(call.ending()).contains(Ending.DRAINED);
        open.close();
        stopped.join();
    }

    private Drain draining(Duration patience) {
        var settings = new InferenceSettings(LONG, LONG, LONG, DataSize.ofMegabytes(1), LONG, LONG, patience);
        watch = new Watch(settings);
        var drain = new Drain(watch, settings);
        drain.start();
        return drain;
    }

    private static Exchange call() {
        return new Exchange(
                UUID.randomUUID(),
                Route.of("POST", "/inference/chat/completions").orElseThrow(),
                Fields.NONE,
                new Caller(TeamId.random(), new UserId(UUID.randomUUID()), Role.MEMBER),
                null,
                new CoyoteAnswer(Dialect.CHAT, new Request(), new Response()));
    }
}
