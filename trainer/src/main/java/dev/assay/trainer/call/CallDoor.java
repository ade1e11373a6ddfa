// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.training.CallAsk;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.kit.rest.InternalRest;
import dev.assay.trainer.TrainerSettings;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** What a trainer says to training-service about calls. */
@Component
class CallDoor {

    /** A lease holds for longer: what is not answered by then is said again before it runs out. */
    private static final Duration SOON = Duration.ofSeconds(4);

    /** An outcome ends with a transaction. */
    private static final Duration LARGE = Duration.ofSeconds(20);

    private final RestClient patient;
    private final RestClient quick;
    private final RestClient large;
    private final long wait;

    CallDoor(InternalRest rest, @Value("${assay.training-url}") String url, TrainerSettings settings) {
        this.patient = rest.forTrainer(url, "training-service", settings.poll().plusSeconds(10));
        this.quick = rest.forTrainer(url, "training-service", SOON);
        this.large = rest.forTrainer(url, "training-service", LARGE);
        this.wait = settings.poll().toMillis();
    }

    /** Waits a while for a call; null: there was none. */
    @Nullable CallLease next(List<String> kinds) {
        return patient.post().uri("/internal/training/leases").body(new CallAsk(kinds, wait)).retrieve().body(CallLease.class);
    }

    void renew(CallLease lease) {
        unlessLost(() -> quick.post()
                .uri("/internal/training/calls/{call}/renew?attempt={attempt}", lease.call().id(), lease.attempt())
                .retrieve().toBodilessEntity());
    }

    /** It is another's at once. */
    void giveBack(CallLease lease) {
        unlessLost(() -> quick.post()
                .uri("/internal/training/calls/{call}/give-back?attempt={attempt}", lease.call().id(), lease.attempt())
                .retrieve().toBodilessEntity());
    }

    void tell(CallLease lease, CallOutcome outcome) {
        unlessLost(() -> large.post()
                .uri("/internal/training/calls/{call}/outcome", lease.call().id())
                .body(outcome)
                .retrieve().toBodilessEntity());
    }

    private static void unlessLost(Supplier<?> say) {
        try {
            say.get();
        } catch (HttpClientErrorException e) {
            throw e.getStatusCode().value() == 409 || e.getStatusCode().value() == 404 ? new LeaseLostException() : e;
        }
    }
}
