// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.kit.web.ReadUuid;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Upstreams as people see them, and those that a team enters for itself. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "Upstreams", description = "Who serves models")
class UpstreamController {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int LONGEST = 2000;
    private static final int MOST = 100;

    private final Upstreams upstreams;
    private final TeamUpstreams teams;
    private final TeamUpstreamStore store;
    private final Offers offers;
    private final SecretBox secrets;
    private final Clock clock;
    private final boolean anywhere;

    UpstreamController(
            Upstreams upstreams, TeamUpstreams teams, TeamUpstreamStore store, Offers offers, SecretBox secrets, Clock clock,
            @Value("${assay.team-upstreams.anywhere}") boolean anywhere) {
        this.upstreams = upstreams;
        this.teams = teams;
        this.store = store;
        this.offers = offers;
        this.secrets = secrets;
        this.clock = clock;
        this.anywhere = anywhere;
    }

    /** What is entered, or changed: what is left out of a change stays. */
    @Schema(example = "{\"name\": \"our-openai\", \"preset\": \"openai\", \"credential\": \"sk-0123456789\"}")
    record UpstreamRequest(
            @Schema(minLength = 1, maxLength = 63, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$",
                    description = "How the catalog's models name it. One of everybody's is hidden from the team by one of its own of that name.")
                    @Nullable String name,
            @Schema(maxLength = 63, pattern = "^[a-z0-9-]*$", description = "What is known of it: openai, anthropic, google, …; openai-compatible if left out")
                    @Nullable String preset,
            @Schema(maxLength = LONGEST, pattern = "^[!-~]*$", description = "What stands before its paths; the preset's if left out") @Nullable String base_url,
            @Schema(maxLength = 63, pattern = "^[a-z0-9-]*$", description = "Where the preset's address asks for one") @Nullable String region,
            @Schema(maxLength = LONGEST, pattern = "^[!-~]*$", description = "Sealed at rest, never shown again. Empty: none is sent")
                    @Nullable String credential,
            @Schema(description = "Whether it is asked; true if left out") @Nullable Boolean enabled) {}

    /**
     * @param id null: it is not the team's but everybody's
     * @param state of this replica: closed (it is asked), open (it is left alone), half_open (a few calls try), off
     * @param calls of the last five minutes, at this replica, like all that follows
     */
    record UpstreamView(
            @Nullable UUID id, String name, @Nullable String preset, @Nullable String base_url, @Nullable String region,
            @Nullable String credential_hint, boolean enabled, String state, long calls, long errors, @Nullable Long p50_ms, @Nullable Long p95_ms,
            @Nullable String last_error, @Nullable Instant last_error_at, @Nullable Instant listed_at, @Nullable String list_error,
            @Nullable Instant created_at, @Nullable Instant updated_at) {}

    record UpstreamList(List<UpstreamView> items, int total) {}

    @Operation(
            summary = "List upstreams",
            description = "The team's own first, then everybody's, each with how it has answered within the last five minutes at the replica that"
                    + " answers. Credentials are never shown.")
    @GetMapping("/v2/upstreams")
    UpstreamList list(Caller caller) {
        var items = Stream.concat(
                        store.of(caller.team()).stream().map(this::view),
                        upstreams.all().stream().map(known -> view(known, null)))
                .toList();
        return new UpstreamList(items, items.size());
    }

    @Operation(summary = "Get an upstream of the team")
    @GetMapping("/v2/upstreams/{id}")
    UpstreamView get(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        return view(find(caller.team(), id));
    }

    @Admits(Role.ADMINISTRATOR)
    @PostMapping("/v2/upstreams")
    @ResponseStatus(HttpStatus.CREATED)
    @Refuses(status = 409, when = "The team has an upstream of that name, or as many as it may have.")
    @Operation(
            summary = "Enter an upstream",
            description = "Models of the catalog that name it as their provider are then asked there, with the team's own credential."
                    + " Its address has to be https and public, unless the operator allows others. Takes an administrator.")
    UpstreamView enter(Caller caller, @RequestBody UpstreamRequest request) {
        if (request.name() == null) {
            throw Problem.badRequest("name", "required");
        }
        var now = clock.instant();
        var blank = new TeamUpstream(
                UUID.randomUUID(), caller.team(), "", Presets.COMPATIBLE, null, null, null, null, true, now, now, 0);
        var one = with(blank, request);
        try {
            if (!store.insert(one, MOST)) {
                throw Problem.conflict("A team has at most " + MOST + " upstreams.");
            }
        } catch (DuplicateKeyException e) {
            throw taken(one);
        }
        teams.changed(caller.team());
        return view(one);
    }

    @Admits(Role.ADMINISTRATOR)
    @PatchMapping("/v2/upstreams/{id}")
    @Refuses(status = 409, when = "The team has another upstream of that name, or somebody else changed it at the same time.")
    @Operation(summary = "Change an upstream", description = "What is left out stays. It is asked anew everywhere within two seconds. Takes an administrator.")
    UpstreamView change(
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller,
            @RequestBody UpstreamRequest request) {
        var one = with(find(caller.team(), id), request);
        try {
            if (!store.update(one)) {
                throw Problem.conflict("Somebody else has changed it at the same time: look at it and try again.");
            }
        } catch (DuplicateKeyException e) {
            throw taken(one);
        }
        teams.changed(caller.team());
        return view(one);
    }

    @Admits(Role.ADMINISTRATOR)
    @DeleteMapping("/v2/upstreams/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Take an upstream away", description = "Its credential goes with it. Takes an administrator.")
    void delete(@Parameter(schema = @Schema(type = "string", format = "uuid")) @PathVariable String id, Caller caller) {
        if (!store.delete(caller.team(), ReadUuid.of("id", id))) {
            throw unknown(id);
        }
        teams.changed(caller.team());
    }

    private TeamUpstream find(TeamId team, String id) {
        return store.find(team, ReadUuid.of("id", id)).orElseThrow(() -> unknown(id));
    }

    private TeamUpstream with(TeamUpstream before, UpstreamRequest request) {
        var credential = bounded("credential", request.credential());
        var sealed = credential == null
                ? before.credential()
                : secrets.seal(credential.isEmpty() ? Map.of() : Map.of(TeamUpstreams.CREDENTIAL, credential), before.id());
        var after = new TeamUpstream(
                before.id(),
                before.team(),
                request.name() == null ? before.name() : name(request.name()),
                request.preset() == null ? before.preset() : preset(request.preset()),
                kept(bounded("base_url", request.base_url()), before.baseUrl()),
                kept(region(request.region()), before.region()),
                sealed,
                credential == null ? before.hint() : hint(credential),
                request.enabled() == null ? before.enabled() : request.enabled(),
                before.createdAt(),
                clock.instant(),
                before.version() + 1);
        check(after);
        return after;
    }

    /** What it was made of may each be fine, and not go together. */
    private void check(TeamUpstream one) {
        if (one.baseUrl() == null && Presets.named(one.preset()).baseUrl() == null) {
            throw Problem.badRequest("base_url", "the preset " + one.preset() + " has none of its own: where is it?");
        }
        try {
            var settings = TeamUpstreams.settings(one, "");
            var base = settings.base(settings.known().dialects().getFirst());
            if (one.region() == null && String.valueOf(Presets.named(one.preset()).baseUrl()).contains("${region}") && one.baseUrl() == null) {
                throw Problem.badRequest("region", "the preset " + one.preset() + " needs one");
            }
            if (!anywhere && !base.toLowerCase(Locale.ROOT).startsWith("https://")) {
                throw Problem.badRequest("base_url", "has to begin with https://, unless the operator allows others");
            }
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("base_url", "has to be https:// with a host, and without a user or a query");
        }
    }

    private static String name(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.badRequest("name", "has to be 1 to 63 letters, digits, dots, dashes and underscores, and to begin with a letter or a digit");
        }
        return name;
    }

    private static String preset(String preset) {
        if (!Presets.names().contains(preset)) {
            throw Problem.badRequest("preset", "must be one of " + String.join(", ", Presets.names()));
        }
        return preset;
    }

    private static @Nullable String region(@Nullable String region) {
        if (region != null && !region.matches("[a-z0-9-]{0,63}")) {
            throw Problem.badRequest("region", "has to be small letters, digits and dashes"); // it becomes a part of a host's name
        }
        return region;
    }

    private static @Nullable String bounded(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        var stripped = text.strip();
        if (stripped.length() > LONGEST) {
            throw Problem.badRequest(field, "longer than " + LONGEST + " characters");
        }
        if (!stripped.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw Problem.badRequest(field, "may hold printable ASCII characters without blanks only"); // it becomes a header, or an address
        }
        return stripped;
    }

    private static @Nullable String kept(@Nullable String asked, @Nullable String before) {
        return asked == null ? before : asked.isEmpty() ? null : asked;
    }

    /** Of a short one nothing is shown: too little of it would be left. */
    private static @Nullable String hint(String credential) {
        return credential.length() < 16 ? null : "…" + credential.substring(credential.length() - 4);
    }

    private static Problem unknown(String id) {
        return Problem.notFound("There is no upstream " + id + " in your team.");
    }

    private static Problem taken(TeamUpstream one) {
        return Problem.conflict("name: your team has an upstream '" + one.name() + "' already");
    }

    private UpstreamView view(TeamUpstream row) {
        return teams.of(row)
                .map(known -> view(known, row))
                .orElseGet(() -> new UpstreamView(
                        row.id(), row.name(), row.preset(), row.baseUrl(), row.region(), row.hint(), row.enabled(), "off", 0, 0, null, null, null,
                        null, null, null, row.createdAt(), row.updatedAt()));
    }

    /** Where everybody's are is the operator's business. */
    private UpstreamView view(Upstreams.Known known, @Nullable TeamUpstream row) {
        var report = known.health().report(System.nanoTime());
        var look = row == null ? offers.lookAt(known.name()) : null;
        var settings = known.settings();
        return new UpstreamView(
                row == null ? null : row.id(),
                known.name(),
                settings == null ? null : settings.preset(),
                row == null ? null : row.baseUrl(),
                row == null ? null : row.region(),
                row == null ? null : row.hint(),
                true,
                known.breaker().state().name().toLowerCase(Locale.ROOT),
                report.calls(),
                report.errors(),
                report.p50Millis(),
                report.p95Millis(),
                report.lastError(),
                report.lastErrorAt(),
                look == null ? null : look.at(),
                look == null ? null : look.error(),
                row == null ? null : row.createdAt(),
                row == null ? null : row.updatedAt());
    }
}
