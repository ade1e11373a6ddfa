// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallLease;
import dev.assay.trainer.TrainerSettings;
import dev.assay.trainer.engine.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Models as the last call left them, those of the last calls. Who works with one has taken it out: a call that was lost meanwhile, and is
 * done again by a neighbour, begins anew.
 */
@Component
class Sessions {

    private final int most;
    private final Map<ModelId, Held> held = new LinkedHashMap<>(); // the eldest first

    Sessions(TrainerSettings settings) {
        this.most = settings.sessions();
    }

    /**
     * What a session began with. A state says all; its name is a hash, so what has the same name is the same.
     *
     * @param weights counts without a state
     */
    record Origin(String kind, String base, @Nullable String weights, @Nullable String state) {

        static Origin of(CallLease lease) {
            return new Origin(lease.kind(), lease.base(), lease.state() == null ? lease.weights() : null, lease.state());
        }

        Origin at(String newState) {
            return new Origin(kind, base, null, newState);
        }
    }

    /** @param gathered the calls that its gradient is of */
    record Held(Session session, Origin origin, List<UUID> gathered) {

        Held with(UUID call) {
            return new Held(session, origin, Stream.concat(gathered.stream(), Stream.of(call)).toList());
        }

        Held at(String state) {
            return new Held(session, origin.at(state), List.of());
        }
    }

    /** The model's session, if it is where the lease says that the model is; whoever takes it puts it back, or closes it. */
    synchronized @Nullable Held take(CallLease lease) {
        var found = held.remove(lease.model());
        if (found == null) {
            return null;
        }
        if (found.origin().equals(Origin.of(lease)) && found.gathered().equals(lease.gathered().stream().map(Call::id).toList())) {
            return found;
        }
        found.session().close();
        return null;
    }

    synchronized void put(ModelId model, Held session) {
        var before = held.put(model, session);
        if (before != null) {
            before.session().close();
        }
        while (held.size() > most) {
            held.remove(held.keySet().iterator().next()).session().close();
        }
    }
}
