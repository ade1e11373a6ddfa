// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong with a run, and whose failure that is.
 *
 * @param phase null: nobody was there to see how far it had come
 * @param detail one sentence for people; it begins with the phase in brackets where the published client's does
 */
public record Failure(Kind kind, @Nullable Phase phase, String detail) {

    /** Whose failure it is. */
    public enum Kind {
        /** Of who drove the model, or of the model's decisions. */
        AGENT,
        /** Of the sandbox's own code, before anybody grades. */
        ENVIRONMENT,
        /** Of what grades, the environment's own code or a verifier's. */
        GRADER,
        /** No model answered: its provider's, a budget's, a name's that stands for none. */
        MODEL,
        /** Of the platform and what it runs on. */
        INFRASTRUCTURE;

        /** Whether the run says nothing of its agent: then it has no reward, whatever came of it. */
        public boolean isNobodysScore() {
            return this == MODEL || this == INFRASTRUCTURE;
        }

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException that names them all, if it is none */
        @JsonCreator
        public static Kind of(String wire) {
            return Arrays.stream(values())
                    .filter(kind -> kind.wire().equals(wire))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be one of "
                            + Arrays.stream(values()).map(Kind::wire).collect(Collectors.joining(", "))));
        }
    }

    /** How far an attempt had come. */
    public enum Phase {
        PROVISIONING,
        STARTING_TASK,
        AGENT_LOOP,
        GRADING,
        ACTOR_CLEANUP,
        PROVISIONING_VERIFIER,
        VERIFYING,
        CLEANUP,
        REPORT;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** As it stands in sentences. */
        public String label() {
            return wire().replace('_', ' ');
        }

        /** @throws IllegalArgumentException that names them all, if it is none */
        @JsonCreator
        public static Phase of(String wire) {
            return Arrays.stream(values())
                    .filter(phase -> phase.wire().equals(wire))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be one of "
                            + Arrays.stream(values()).map(Phase::wire).collect(Collectors.joining(", "))));
        }
    }

    /** A failure whose sentence begins with its phase. */
    public static Failure in(Phase phase, Kind kind, String detail) {
        return new Failure(kind, phase, "[" + phase.label() + "] " + detail);
    }
}
