// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.UserId;
import dev.assay.gateway.budget.Budgets;
import dev.assay.gateway.identity.KeyIssue.Wanted;
import dev.assay.gateway.identity.KeyRules.Maker;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "Identity")
class KeyController {

    private final KeyIssue issue;
    private final ApiKeys keys;
    private final Users users;
    private final Budgets budgets;
    private final Clock clock;

    KeyController(KeyIssue issue, ApiKeys keys, Users users, Budgets budgets, Clock clock) {
        this.issue = issue;
        this.keys = keys;
        this.users = users;
        this.budgets = budgets;
        this.clock = clock;
    }

    record Page(List<KeyView> items, int total) {}

    /** A key to be made. */
    @Schema(example = "{\"name\": \"ci\", \"scopes\": [\"models\", \"telemetry\", \"read\", \"write\"]}")
    record NewKey(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = KeyRules.LONGEST_NAME, pattern = "\\S")
                    @Nullable String name,
            @ArraySchema(
                            arraySchema = @Schema(description = "What it opens of what its user may; left out or empty: all."),
                            schema = @Schema(allowableValues = {"models", "telemetry", "read", "write", "admin"}))
                    @Nullable List<@Nullable String> scopes,
            @Schema(description = "When it opens nothing more; left out: it does not end by itself.", type = "string", format = "date-time")
                    @Nullable String expires_at,
            @Schema(description = "Whose it is to be; left out: your own.", format = "uuid") @Nullable String user_id,
            @Schema(description = "Where its model calls are recorded, or answered from; left out: nowhere.")
                    KeyView.@Nullable RecordingView recording) {}

    /** What is to change of a key. What is left out stays. */
    @Schema(example = "{\"scopes\": [\"models\"], \"expires_at\": null}")
    record KeyChange(
            @Schema(minLength = 1, maxLength = KeyRules.LONGEST_NAME, pattern = "\\S") @Nullable String name,
            @ArraySchema(
                            arraySchema = @Schema(description = "Empty: all that its user may."),
                            schema = @Schema(allowableValues = {"models", "telemetry", "read", "write", "admin"}))
                    @Nullable List<@Nullable String> scopes,
            @Schema(description = "null: it does not end by itself.", type = "string", format = "date-time", nullable = true)
                    @Nullable JsonNode expires_at,
            @Schema(description = "null: nowhere.", implementation = KeyView.RecordingView.class, nullable = true)
                    @Nullable JsonNode recording) {}

    @Schema(example = "{\"grace_seconds\": 3600}")
    record Rotation(
            @Schema(description = "How long the old key opens what it did, in seconds; left out: a day.", minimum = "0", maximum = "604800")
                    @Nullable Long grace_seconds) {}

    /** A key that has just been made. */
    record MadeKey(
            UUID id,
            @Schema(description = "The key itself. It is shown this once.") String key,
            String name,
            String hint,
            UUID user_id,
            List<String> scopes,
            @Nullable Instant expires_at,
            KeyView.@Nullable RecordingView recording,
            Instant created_at) {

        static MadeKey of(KeyIssue.Issued issued) {
            var key = issued.view();
            return new MadeKey(
                    key.id(), issued.text().value(), key.name(), key.hint(), key.user_id(), key.scopes(), key.expires_at(), key.recording(),
                    key.created_at());
        }
    }

    @Operation(
            summary = "The team's keys",
            description = "Oldest first, each with whose it is, what it opens, and when it was used last. The keys themselves are not "
                    + "kept: `hint` is their end. Keys that have ended stand here until they are revoked; those that others have taken "
                    + "the place of until their grace is over.")
    @GetMapping("/v2/keys")
    Page list(Caller caller) {
        var people = users.findByTeamId(caller.team().value()).stream().collect(Collectors.toMap(User::id, user -> user));
        var items = keys.of(caller.team()).stream().map(key -> KeyView.of(key, people.get(key.user()))).toList();
        return new Page(items, items.size());
    }

    @Operation(
            summary = "Make a key of the team",
            description = "For yourself; for somebody else (`user_id`) it takes an administrator. The answer is the only one that ever "
                    + "shows the key. `scopes` narrow what it opens of what its user may: `models` (model calls), `telemetry` (telling "
                    + "of runs: spans, their beginnings and ends), `read` (looking), `write` (changing what a member may), `admin` (also "
                    + "what an administrator may). A key gives no more than it opens itself, and nothing for longer than it lives.")
    @Refuses(status = 404, when = "There is no such user in the team.")
    @Admits(Role.MEMBER)
    @PostMapping("/v2/keys")
    @ResponseStatus(HttpStatus.CREATED)
    MadeKey make(@RequestBody NewKey wanted, Caller caller) {
        var recording = wanted.recording() == null ? null : KeyRules.recording(wanted.recording().name(), wanted.recording().mode());
        return MadeKey.of(issue.make(
                maker(caller),
                wanted.user_id() == null ? null : new UserId(ReadUuid.of("user_id", wanted.user_id())),
                new Wanted(
                        KeyRules.name("name", wanted.name()), KeyRules.scopes(wanted.scopes()),
                        KeyRules.expiry(wanted.expires_at(), clock.instant()), recording)));
    }

    @Operation(
            summary = "Change a key of the team",
            description = "What is left out stays. It holds everywhere within two seconds. Everybody may change keys of their own; those "
                    + "of others take an administrator. No key is given more than the key that asks opens, nor for longer than that "
                    + "lives.")
    @Refuses(status = 409, when = "Another key has taken its place.")
    @PatchMapping("/v2/keys/{id}")
    KeyView change(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, @RequestBody KeyChange change,
            Caller caller) {
        return issue.change(maker(caller), ReadUuid.of("id", id), before -> new Wanted(
                change.name() == null ? before.name() : KeyRules.name("name", change.name()),
                change.scopes() == null ? before.scopes() : KeyRules.scopes(change.scopes()),
                change.expires_at() == null ? before.expires() : expiry(change.expires_at()),
                change.recording() == null ? before.recording() : recording(change.recording())));
    }

    private @Nullable Instant expiry(JsonNode said) {
        if (!said.isNull() && !said.isString()) {
            throw Problem.badRequest("expires_at", "must be a time as text, or null");
        }
        return said.isNull() ? null : KeyRules.expiry(said.stringValue(), clock.instant());
    }

    private static @Nullable KeyRecording recording(JsonNode said) {
        if (!said.isNull() && !said.isObject()) {
            throw Problem.badRequest("recording", "must have a name and a mode, or be null");
        }
        return said.isNull()
                ? null
                : KeyRules.recording(said.path("name").asStringOpt().orElse(null), said.path("mode").asStringOpt().orElse(null));
    }

    @Operation(
            summary = "Have another key take the place of one",
            description = "The new key opens at once what the old one opens, until when that would have ended; its budgets become the new "
                    + "one's. The old one ends after the grace. Once it has been replaced, asking again is refused with the id of its "
                    + "successor, which can be rotated in turn if its text was lost.")
    @Refuses(status = 409, when = "Another key has taken its place, which is named; or it has ended.")
    @PostMapping("/v2/keys/{id}/rotate")
    @ResponseStatus(HttpStatus.CREATED)
    MadeKey rotate(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id,
            @RequestBody(required = false) @Nullable Rotation rotation,
            Caller caller) {
        var grace = KeyRules.grace(rotation == null ? null : rotation.grace_seconds());
        var issued = issue.rotate(maker(caller), ReadUuid.of("id", id), grace);
        budgets.forget(caller.team().value()); // those of the key are the new one's now
        return MadeKey.of(issued);
    }

    @Operation(
            summary = "Revoke a key of the team",
            description = "It opens nothing more within a few seconds, nor do the browsers that were signed in with it. Everybody may "
                    + "revoke keys of their own; those of others take an administrator.")
    @DeleteMapping("/v2/keys/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        issue.revoke(maker(caller), ReadUuid.of("id", id));
    }

    private static Maker maker(Caller caller) {
        return Maker.of(caller, Entrant.current().map(Entrant::holder).orElse(null));
    }
}
