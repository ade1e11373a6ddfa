// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.deadletter;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Dead letters, for operators: they are of all teams. */
@RestController
@Admits(Role.OPERATOR)
@RequestMapping("/v2/admin/${spring.application.name}/dead-letters")
@Tag(name = "Dead letters", description = "What could not be delivered, and was set aside so that what is behind it moves on.")
class DeadLetterController {

    private static final int USUAL = 100;
    private static final int MOST = 1000;

    private final DeadLetters letters;

    DeadLetterController(DeadLetters letters) {
        this.letters = letters;
    }

    /** A dead letter, in a list. */
    @JsonNaming(SnakeCaseStrategy.class)
    record DeadLetterView(
            UUID id,
            @Schema(description = "Where it was on its way.") String queue,
            @Schema(description = "What it is about, such as the id of a run.") String key,
            @Schema(description = "Whose it is, where that is known.") @Nullable TeamId teamId,
            @Schema(description = "Why it could not be delivered.") String reason,
            @Schema(description = "Of its payload, in bytes.") long size,
            @Schema(description = "How often it was set aside.") int times,
            @Schema(description = "When it was last set aside.") Instant setAsideAt) {

        static DeadLetterView of(DeadLetters.Entry entry) {
            var letter = entry.letter();
            return new DeadLetterView(
                    letter.id(), letter.queue(), letter.key(), letter.team(), letter.reason(), entry.size(), letter.times(), letter.at());
        }
    }

    /** A page of dead letters. */
    record DeadLetterPage(
            List<DeadLetterView> items,
            @Schema(description = "Ask with this as `before` for the next page; null: this was the last.") @Nullable Long next) {

        static DeadLetterPage of(List<DeadLetters.Entry> entries, int limit) {
            var next = entries.size() < limit ? null : entries.getLast().seq();
            return new DeadLetterPage(entries.stream().map(DeadLetterView::of).toList(), next);
        }
    }

    /** A dead letter with what is in it. */
    record DeadLetterContent(
            DeadLetterView letter,
            @Schema(allowableValues = {"text", "base64"}) String encoding,
            String payload) {

        static DeadLetterContent of(DeadLetters.Entry entry) {
            var bytes = entry.letter().payload();
            try {
                var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
                return new DeadLetterContent(DeadLetterView.of(entry), "text", text);
            } catch (CharacterCodingException binary) {
                return new DeadLetterContent(DeadLetterView.of(entry), "base64", Base64.getEncoder().encodeToString(bytes));
            }
        }
    }

    @GetMapping
    @Operation(
            summary = "List dead letters",
            description = "Of all teams, the latest first. Needs the operator's token (ASSAY_ADMIN_TOKEN) as bearer.",
            security = @SecurityRequirement(name = "admin"))
    DeadLetterPage list(
            @Parameter(schema = @Schema(type = "string", pattern = "^[^\\u0000]*$")) @RequestParam(required = false) @Nullable String queue,
            @RequestParam(required = false) @Nullable Long before,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", maximum = "" + MOST, defaultValue = "" + USUAL))
                    @RequestParam(required = false)
                    @Nullable Integer limit) {
        var wanted = limit == null ? USUAL : limit;
        if (wanted < 1 || wanted > MOST) {
            throw Problem.badRequest("limit", "must be between 1 and " + MOST);
        }
        if (queue != null && queue.indexOf('\0') >= 0) {
            throw Problem.badRequest("queue", "holds characters that cannot be shown");
        }
        return DeadLetterPage.of(letters.list(queue, before, wanted), wanted);
    }

    @GetMapping("/{id}")
    @Operation(
            summary = "Read a dead letter",
            description = "With its payload. Needs the operator's token (ASSAY_ADMIN_TOKEN) as bearer.",
            security = @SecurityRequirement(name = "admin"))
    DeadLetterContent read(@PathVariable UUID id) {
        return letters.find(id).map(DeadLetterContent::of).orElseThrow(() -> unknown(id));
    }

    @PostMapping("/{id}/resend")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Send a dead letter again",
            description = "It takes its way once more and leaves this list; if it fails again it comes back. 409 if nobody can send "
                    + "letters of its queue, or if it fails at once. Needs the operator's token (ASSAY_ADMIN_TOKEN) as bearer.",
            security = @SecurityRequirement(name = "admin"))
    void resend(@PathVariable UUID id) {
        switch (letters.resend(id)) {
            case SENT -> {}
            case UNKNOWN -> throw unknown(id);
            case NOBODY -> throw Problem.conflict("Letters of this queue cannot be sent again.");
        }
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Discard a dead letter",
            description = "For good: what is in it is gone. 204 also if it is gone already. Needs the operator's token (ASSAY_ADMIN_TOKEN) "
                    + "as bearer.",
            security = @SecurityRequirement(name = "admin"))
    void discard(@PathVariable UUID id) {
        letters.discard(id);
    }

    private static Problem unknown(UUID id) {
        return Problem.notFound("There is no dead letter " + id + ".");
    }
}
