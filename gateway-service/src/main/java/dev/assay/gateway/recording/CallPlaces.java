// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunPlace;
import dev.assay.gateway.call.AbortedException;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.ledger.RunPlaces;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whose a call is that is recorded or replayed. */
@Component
class CallPlaces {

    /** How often, and after which time each, it is looked again for a run that nobody knows. */
    private static final int LOOKS = 4;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);

    private final RunPlaces places;

    CallPlaces(RunPlaces places) {
        this.places = places;
    }

    /** What is known of a call: its run, as its caller names it, and the job of that; null: none. */
    record Place(@Nullable RunId run, @Nullable JobId job) {

        /**
         * Whose calls are counted together: the job's; else the run's; else the recording's.
         *
         * @param latest job of the recording: calls that name no run, such as those of its graders, are supposed to be its
         */
        String scope(@Nullable UUID latest) {
            var of = job != null ? job.value() : latest;
            return of != null ? "job " + of : run != null ? "run " + run : "";
        }

        /** What stands in its requests and is another in each run, and what is read in place of it. */
        Map<String, String> own() {
            var own = new LinkedHashMap<String, String>();
            if (run != null) {
                own.put(run.value().toString(), "«run»");
                own.put(run.hex(), "«run»");
            }
            if (job != null) {
                own.put(job.value().toString(), "«job»");
                own.put(job.value().toString().replace("-", ""), "«job»");
            }
            return own;
        }
    }

    /**
     * @param needed whether it depends on the job what is done
     * @param awaited whether a job was begun lately: a run that nobody knows yet may be one of its
     * @param replayed whether one of those is replayed: what is not answered from it would be asked of a provider. Where all are
     *     recorded a run that stays unknown, as those of clients that tell of none do, goes on as nobody's
     */
    Place of(Exchange call, TeamId team, boolean needed, boolean awaited, boolean replayed) {
        var own = call.caller().run();
        var named = own != null ? Optional.of(own) : call.request().first("trace-id").flatMap(CallPlaces::run);
        try {
            var place = named.flatMap(run -> awaited ? awaited(call, run, team) : places.find(run, team));
            if (awaited && replayed && named.isPresent() && place.isEmpty()) {
                throw new ModelErrorException(ModelError.unavailable("It cannot be told yet whether your run " + named.get()
                        + " is of a job that is recorded: nobody knows it. Try again.", 1));
            }
            return new Place(named.orElse(null), place.map(RunPlace::job).orElse(null));
        } catch (RunPlaces.AwayException e) {
            if (needed) {
                throw Recordings.unavailable();
            }
            return new Place(named.orElse(null), null);
        }
    }

    /** Clients tell of their runs while the first calls of those go out. */
    private Optional<RunPlace> awaited(Exchange call, RunId run, TeamId team) {
        var place = places.find(run, team);
        for (var turn = 0; turn < LOOKS && place.isEmpty(); turn++) {
            try {
                call.pause(BETWEEN_LOOKS);
            } catch (AbortedException e) {
                break; // whoever waits for its end finds out
            }
            place = places.findAnew(run, team);
        }
        return place;
    }

    private static Optional<RunId> run(String named) {
        try {
            return Optional.of(new RunId(RunRef.ofRun("Trace-Id", named).id()));
        } catch (Problem e) {
            return Optional.empty();
        }
    }
}
