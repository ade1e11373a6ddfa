// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key as people see it. */
@Schema(name = "Key")
record KeyView(
        UUID id,
        String name,
        @Schema(description = "How it begins and ends.") String hint,
        UUID user_id,
        String user,
        @Schema(description = "What its user may.") String role,
        @Schema(description = "What it opens of that: some of models, telemetry, read, write, admin; empty: all.") List<String> scopes,
        @Schema(description = "When it opens nothing more; null: it does not end by itself.") @Nullable Instant expires_at,
        @Schema(description = "To the minute or so; null: never.") @Nullable Instant last_used_at,
        @Schema(description = "The key that has taken its place; null: none has.") @Nullable UUID replaced_by,
        @Schema(description = "Where its model calls are recorded, or answered from; null: nowhere.") @Nullable RecordingView recording,
        Instant created_at) {

    /** A recording, and what is done with it. */
    @Schema(name = "KeyRecording")
    record RecordingView(
            @Schema(minLength = 1, maxLength = 100, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$") String name,
            @Schema(allowableValues = {"record", "replay"}) String mode) {

        static @Nullable RecordingView of(@Nullable KeyRecording recording) {
            return recording == null ? null : new RecordingView(recording.name(), recording.mode());
        }
    }

    static KeyView of(ApiKey key, User user) {
        return new KeyView(
                key.id(), key.name(), key.hint(), key.user().value(), user.name(), user.role().word(), key.scopes().words(), key.expires(),
                key.lastUsed(), key.replacedBy(), RecordingView.of(key.recording()), key.createdAt());
    }
}
