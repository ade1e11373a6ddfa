// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.CallOutcome.Failure;
import dev.assay.trainer.blob.BlobFolder;
import dev.assay.trainer.call.LeasedCall.Done;
import dev.assay.trainer.call.Sessions.Held;
import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.RefusedException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/** Does a leased call and tells what came of it. Only what was told and taken stays in memory; all else is begun anew by who comes next. */
@Component
class Calls {

    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    private final List<Engine> engines;
    private final CallDoor door;
    private final Sessions sessions;
    private final BlobFolder blobs;

    Calls(List<Engine> engines, CallDoor door, Sessions sessions, BlobFolder blobs) {
        this.engines = engines;
        this.door = door;
        this.sessions = sessions;
        this.blobs = blobs;
    }

    List<String> kinds() {
        return engines.stream().filter(engine -> engine.unfitBecause() == null).map(Engine::kind).toList();
    }

    void run(CallLease lease) throws InterruptedException {
        Held model = null;
        try (var kept = KeptLease.start(door, lease)) {
            Done done = null;
            Failure failure = null;
            try {
                var call = new LeasedCall(lease, kept, engine(lease.kind()), blobs);
                model = sessions.take(lease);
                model = model == null ? call.begin() : model;
                done = call.done(model);
            } catch (LeaseLostException e) {
                throw e;
            } catch (RefusedException e) {
                failure = new Failure(e.status(), e.detail());
            } catch (IOException | RuntimeException | Error e) {
                LOG.error("call {} of model {} failed", lease.call().id(), lease.model(), e);
                failure = new Failure(500, "The trainer failed at this: " + e);
            }
            if (tell(lease, kept, done == null ? failed(lease, failure) : done.outcome()) && done != null) {
                sessions.put(lease.model(), done.after());
                model = null;
            }
        } catch (LeaseLostException e) {
            LOG.info("call {} of model {} is another trainer's by now", lease.call().id(), lease.model());
        } finally {
            if (model != null) {
                model.session().close();
            }
        }
    }

    private Engine engine(String kind) throws IOException {
        return engines.stream()
                .filter(engine -> engine.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IOException("this trainer trains no models of kind '" + kind + "'"));
    }

    private static CallOutcome failed(CallLease lease, @Nullable Failure failure) {
        return new CallOutcome(lease.attempt(), failure, Map.of(), false, null, null);
    }

    /** @return whether it counts as it was told */
    private boolean tell(CallLease lease, KeptLease kept, CallOutcome outcome) throws InterruptedException {
        try {
            told(lease, kept, outcome);
            return true;
        } catch (RestClientException | IOException e) {
            LOG.error("the outcome of call {} was not taken", lease.call().id(), e);
        }
        try {
            told(lease, kept, failed(lease, new Failure(500, "What the trainer told of this call was not taken.")));
        } catch (RestClientException | IOException e) {
            LOG.error("that call {} failed was not taken, either", lease.call().id(), e);
        }
        return false;
    }

    private void told(CallLease lease, KeptLease kept, CallOutcome outcome) throws IOException, InterruptedException {
        kept.insist(() -> {
            door.tell(lease, outcome);
            return true;
        });
    }
}
