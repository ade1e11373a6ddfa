// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.audit;

import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.ReadTime;
import dev.assay.kit.web.ReadUuid;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are asked for.
 *
 * @param team null: of all teams, and of none
 * @param id null: of any thing of that kind
 */
record AuditQuery(
        @Nullable TeamId team, @Nullable String kind, @Nullable String id, @Nullable UUID person, @Nullable String action,
        @Nullable Instant from, @Nullable Instant to) {

    /** @throws Problem 400 that names what cannot be meant */
    static AuditQuery of(
            @Nullable TeamId team, @Nullable String object, @Nullable String person, @Nullable String action, @Nullable String from,
            @Nullable String to) {
        var colon = object == null ? -1 : object.indexOf(':');
        return new AuditQuery(
                team,
                text("object", colon < 0 ? object : object.substring(0, colon)),
                colon < 0 ? null : text("object", object.substring(colon + 1)),
                person == null ? null : ReadUuid.of("person", person),
                text("action", action),
                ReadTime.of("from", from),
                ReadTime.of("to", to));
    }

    private static @Nullable String text(String field, @Nullable String text) {
        if (text != null && (text.isEmpty() || text.indexOf('\0') >= 0)) {
            throw Problem.badRequest(
                    field, field.equals("object") ? "must be a kind of thing, or kind:id" : "must be an action like key.revoke");
        }
        return text;
    }

    /** @param values get those of the conditions */
    List<String> conditions(Map<String, Object> values) {
        var where = new ArrayList<String>();
        var given = new LinkedHashMap<String, @Nullable Object>();
        given.put("team_id = :team", team == null ? null : team.value());
        given.put("object_kind = :kind", kind);
        given.put("object_id = :object", id);
        given.put("actor_id = :person", person);
        given.put("action = :action", action);
        given.put("at >= :from", from == null ? null : from.atOffset(ZoneOffset.UTC));
        given.put("at < :to", to == null ? null : to.atOffset(ZoneOffset.UTC));
        given.forEach((condition, value) -> {
            if (value != null) {
                where.add(condition);
                values.put(condition.substring(condition.indexOf(':') + 1), value);
            }
        });
        return where;
    }
}
