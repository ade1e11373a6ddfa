// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.audit.Audit;
import dev.assay.gateway.model.Everybody;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.kit.web.ReadUuid;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Enters, changes and takes away upstreams: a team's own, or, by the operator, everybody's. */
@Component
class UpstreamEntries {

    private static final int MOST = 100;
    private static final String KIND = "upstream";

    private final Upstreams upstreams;
    private final EnteredUpstreams entered;
    private final EnteredUpstreamStore store;
    private final SecretBox secrets;
    private final Audit audit;
    private final TransactionOperations transactions;
    private final Clock clock;
    private final boolean anywhere;

    UpstreamEntries(
            Upstreams upstreams, EnteredUpstreams entered, EnteredUpstreamStore store, SecretBox secrets, Audit audit,
            TransactionOperations transactions, Clock clock, @Value("${assay.team-upstreams.anywhere}") boolean anywhere) {
        this.upstreams = upstreams;
        this.entered = entered;
        this.store = store;
        this.secrets = secrets;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
        this.anywhere = anywhere;
    }

    List<UpstreamView> of(TeamId team) {
        return store.of(team).stream().map(this::view).toList();
    }

    UpstreamView get(TeamId team, String id) {
        return view(find(team, id));
    }

    UpstreamView enter(Caller caller, UpstreamForm.Request request) {
        if (request.name() == null) {
            throw Problem.badRequest("name", "required");
        }
        var now = clock.instant();
        var blank = new EnteredUpstream(
                UUID.randomUUID(), caller.team(), "", Presets.COMPATIBLE, null, null, null, null, List.of(), null, Limits.NONE, true, now, now,
                null, 0);
        var one = with(blank, request);
        written(one, () -> {
            if (!store.insert(one, MOST)) {
                throw Problem.conflict("There are at most " + MOST + " upstreams.");
            }
            audit.changed(caller, "upstream.add", KIND, one.id().toString(), null, told(one, false));
        });
        return view(one);
    }

    UpstreamView change(Caller caller, String id, UpstreamForm.Request request) {
        var before = find(caller.team(), id);
        var after = with(before, request);
        written(after, () -> {
            if (!store.update(after)) {
                throw Problem.conflict("Somebody else has changed it at the same time: look at it and try again.");
            }
            audit.changed(
                    caller, "upstream.change", KIND, before.id().toString(), told(before, false),
                    told(after, request.credential() != null));
        });
        return view(after);
    }

    void delete(Caller caller, String id) {
        transactions.executeWithoutResult(status -> {
            var gone = find(caller.team(), id);
            store.delete(caller.team(), gone.id());
            audit.changed(caller, "upstream.delete", KIND, gone.id().toString(), told(gone, false), null);
        });
        entered.changed(caller.team());
    }

    private void written(EnteredUpstream one, Runnable work) {
        try {
            transactions.executeWithoutResult(status -> work.run());
        } catch (DuplicateKeyException e) {
            throw Problem.conflict("name: there is an upstream '" + one.name() + "' already");
        }
        entered.changed(one.team());
    }

    private EnteredUpstream find(TeamId team, String id) {
        return store.find(team, ReadUuid.of("id", id)).orElseThrow(() -> Problem.notFound("There is no upstream " + id + "."));
    }

    EnteredUpstream with(EnteredUpstream before, UpstreamForm.Request request) {
        var credential = UpstreamForm.credential(request.credential());
        var sealed = credential == null
                ? before.credential()
                : secrets.seal(credential.isEmpty() ? Map.of() : Map.of(EnteredUpstreams.CREDENTIAL, credential), before.id());
        var after = new EnteredUpstream(
                before.id(),
                before.team(),
                request.name() == null ? before.name() : UpstreamForm.name(request.name()),
                request.preset() == null ? before.preset() : UpstreamForm.preset(request.preset()),
                kept(UpstreamForm.address(request.base_url()), before.baseUrl()),
                kept(UpstreamForm.region(request.region()), before.region()),
                sealed,
                credential == null ? before.hint() : UpstreamForm.hint(credential),
                request.models() == null ? before.models() : UpstreamForm.models(request.models()),
                request.lists() == null ? before.lists() : request.lists(),
                request.limits() == null ? before.limits() : UpstreamForm.limits(request.limits()),
                request.enabled() == null ? before.enabled() : request.enabled(),
                before.createdAt(),
                clock.instant(),
                before.expiresAt(),
                before.version() + 1);
        var isEverybodys = after.team().equals(Everybody.TEAM);
        UpstreamForm.check(after, anywhere || isEverybodys);
        if (credential != null && ServiceAccount.is(credential) && !after.preset().equals("vertex")) {
            throw Problem.badRequest("credential", "a service account's JSON goes with the preset vertex alone");
        }
        if (credential == null && before.credential() != null && !isAtSamePlace(before, after)) {
            throw Problem.badRequest("credential", "has to be entered anew with another preset, base_url or region: it goes where it was entered for");
        }
        if (after.name().equalsIgnoreCase(ResolvedModel.TRAINER)) {
            throw Problem.conflict("name: the upstream '" + ResolvedModel.TRAINER + "' is built in, and nobody else's");
        }
        if (isEverybodys && upstreams.isConfigured(after.name())) {
            throw Problem.conflict("name: the upstream '" + after.name() + "' comes from the configuration, and is changed there");
        }
        return after;
    }

    private static boolean isAtSamePlace(EnteredUpstream one, EnteredUpstream other) {
        return one.preset().equals(other.preset()) && Objects.equals(one.baseUrl(), other.baseUrl()) && Objects.equals(one.region(), other.region());
    }

    private static @Nullable String kept(@Nullable String asked, @Nullable String before) {
        return asked == null ? before : asked.isEmpty() ? null : asked;
    }

    /** For the audit: nobody reads a credential there, only that there is another. */
    static Map<String, @Nullable Object> told(EnteredUpstream one, boolean credentialIsNew) {
        var told = new LinkedHashMap<String, @Nullable Object>();
        told.put("name", one.name());
        told.put("preset", one.preset());
        told.put("base_url", one.baseUrl());
        told.put("region", one.region());
        told.put("credential", one.credential() == null ? null : credentialIsNew ? "changed" : "set");
        told.put("models", one.models());
        told.put("lists", one.lists());
        told.put("limits", UpstreamForm.Times.of(one.limits()));
        told.put("enabled", one.enabled());
        return told;
    }

    private UpstreamView view(EnteredUpstream row) {
        var isHidden = row.team().equals(Everybody.TEAM) && upstreams.isConfigured(row.name());
        var known = isHidden ? null : entered.of(row).orElse(null);
        return UpstreamView.of(row, known, isHidden ? "is hidden by one of the configuration" : entered.unusable(row));
    }
}
