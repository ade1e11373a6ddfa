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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Calls end with what opened them, and with nothing else. */
class StandingTests {

    private static final Duration LONG = Duration.ofHours(1);
    private static final UUID KEY = UUID.randomUUID();
    private static final Caller CALLER = new Caller(TeamId.random(), new UserId(UUID.randomUUID()), Role.MEMBER);

    private final Watch watch = new Watch(new InferenceSettings(LONG, LONG, LONG, DataSize.ofMegabytes(1), LONG, LONG, LONG));

    @AfterEach
    void end() {
        watch.destroy();
    }

    @Test
    void twoBrowsersThatOneKeySignedInEndEachForItself() {
        var asked = new AtomicInteger();
        var stays = call("one browser", () -> {
            asked.incrementAndGet();
            return true;
        });
        var signedOut = call("another browser", () -> false);
        var ofThatBrowserToo = call("another browser", () -> false);
        await().until(() -> signedOut.ending().isPresent() && ofThatBrowserToo.ending().isPresent());
        var before = asked.get();
        await().until(() -> asked.get() > before + 1);
        assertThat(signedOut.ending()).contains(Ending.CUT);
        assertThat(stays.ending()).isEmpty();
    }

    @Test
    void aKeyThatCannotBeAskedAboutHoldsUpNoOther() {
        var never = new CountDownLatch(1);
        call("slow", () -> {
            try {
                return never.await(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                return true;
            }
        });
        var over = call("over", () -> false);
        await().until(() -> over.ending().isPresent());
        never.countDown();
    }

    private Exchange call(Object credential, BooleanSupplier standing) {
        var client = new CoyoteAnswer(Dialect.CHAT, new Request(), new Response());
        var call = new Exchange(
                UUID.randomUUID(), Route.of("POST", "/inference/chat/completions").orElseThrow(), Fields.NONE, CALLER, KEY, client);
        watch.over(call, client, new ModelClient(CALLER, KEY, null, credential, standing), true);
        return call;
    }
}
