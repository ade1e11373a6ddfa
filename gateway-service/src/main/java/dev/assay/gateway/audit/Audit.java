// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.audit;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Caller;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Takes down every change. Rows are added and never touched again; the database itself refuses to. */
@Component
public class Audit {

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Clock clock;

    Audit(JdbcClient jdbc, JsonMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Takes down a change, in the transaction of the change: either both are there or neither. Key, request and address are those of the
     * request that this thread handles, if it handles one.
     *
     * @param action what was done, as {@code budget.set} or {@code key.revoke}: the kind of thing, a dot and a verb
     * @param kind what kind of thing it was done to, as {@code budget}
     * @param before the thing as it was, to be written as JSON; null: it was not there. It holds no secret
     * @param after the thing as it is now; null: it is there no more. It holds no secret: of a changed credential it says that it changed
     */
    public void changed(
            Caller caller, String action, String kind, String id, @Nullable Object before, @Nullable Object after) {
        add(new Entry(clock.instant(), teamOf(caller), caller, Trail.current(), action, kind, id, before, after));
    }

    /** The same, of what is a team's although who changes it is not of that team. */
    public void changed(
            Caller caller, TeamId team, String action, String kind, String id, @Nullable Object before, @Nullable Object after) {
        add(new Entry(clock.instant(), team, caller, Trail.current(), action, kind, id, before, after));
    }

    static @Nullable TeamId teamOf(Caller caller) {
        return caller.role().person() ? caller.team() : null;
    }

    /** Something that was done, to be taken down. */
    record Entry(
            Instant at, @Nullable TeamId team, Caller caller, Trail trail, String action, String kind, String id, @Nullable Object before,
            @Nullable Object after) {}

    void add(Entry entry) {
        var caller = entry.caller();
        jdbc.sql("""
                        insert into audit (at, team_id, actor_kind, actor_id, actor, action, object_kind, object_id, before, after, key_id,
                            request_id, address)
                        values (:at, :team, :role, :user, coalesce((select name from users where id = :user), :role),
                                :action, :kind, :id, :before::jsonb, :after::jsonb, :key, :request, :address)
                        """)
                .param("at", entry.at().atOffset(ZoneOffset.UTC))
                .param("team", entry.team() == null ? null : entry.team().value())
                .param("role", caller.role().word())
                .param("user", caller.role().person() ? caller.user().value() : null)
                .param("action", entry.action())
                .param("kind", entry.kind())
                .param("id", entry.id())
                .param("before", written(entry.before()))
                .param("after", written(entry.after()))
                .param("key", entry.trail().key())
                .param("request", entry.trail().requestId())
                .param("address", entry.trail().address())
                .update();
    }

    private @Nullable String written(@Nullable Object thing) {
        return thing == null ? null : json.writeValueAsString(thing);
    }
}
