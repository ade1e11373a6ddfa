// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.docker.SeenServices.Seen;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What of a request is done: whatever is none of these is refused. */
sealed interface AccessWish {

    record Ping() implements AccessWish {}

    record Version() implements AccessWish {}

    /**
     * Which containers there are.
     *
     * @param all also those that do not run
     * @param most 0: no limit
     */
    record Listing(boolean all, int most, Map<String, List<String>> filters) implements AccessWish {}

    record Inspection(Seen service) implements AccessWish {}

    /** @param lines the last ones */
    record Log(Seen service, int lines) implements AccessWish {}

    /** A question that the engine is asked in these words, and whose answer goes back as it is if it is well. */
    record Asking(String method, String path) implements AccessWish {}

    /** The same of a service that may print again afterwards. */
    record Acting(Seen service, String path) implements AccessWish {}

    /** @param command what the engine is sent: the parts of a command that one may choose */
    record Command(Seen service, JsonNode command) implements AccessWish {}

    /**
     * Starts a command that was prepared.
     *
     * @param detached its streams are nobody's
     * @param upgrades whether whoever asks expects another protocol for them
     */
    record Starting(String version, String command, boolean terminal, boolean detached, boolean upgrades) implements AccessWish {

        String path() {
            return version + "/exec/" + command + "/start";
        }

        /** What the engine is sent. */
        String body() {
            return Json.object().put("Detach", detached).put("Tty", terminal).toString();
        }
    }
}
