// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static dev.assay.gateway.identity.Rows.time;
import static dev.assay.gateway.identity.Rows.utc;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of keys. Each statement changes what it names and nothing else, so whatever happens to a key at once all holds. */
@Repository
class ApiKeys {

    private static final Logger log = LoggerFactory.getLogger(ApiKeys.class);

    private final JdbcClient jdbc;
    private final Clock clock;

    ApiKeys(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    void insert(ApiKey key, KeyText text) {
        jdbc.sql("""
                        insert into api_keys (id, team_id, user_id, name, hash, hint, scopes, expires_at, recording, recording_mode,
                            created_at)
                        values (:id, :team, :user, :name, :hash, :hint, :scopes, :expires, :recording, :mode, :created)
                        """)
                .param("id", key.id())
                .param("team", key.team().value())
                .param("user", key.user().value())
                .param("name", key.name())
                .param("hash", text.hash())
                .param("hint", key.hint())
                .param("scopes", words(key.scopes()))
                .param("expires", utc(key.expires()))
                .param("recording", key.recording() == null ? null : key.recording().name())
                .param("mode", key.recording() == null ? null : key.recording().mode())
                .param("created", utc(key.createdAt()))
                .update();
    }

    /** The team's, oldest first, but for those that another has taken the place of for good. */
    List<ApiKey> of(TeamId team) {
        return jdbc.sql("""
                        select * from api_keys where team_id = :team and revoked_at is null and (replaced_by is null or expires_at > :now)
                        order by created_at, id
                        """)
                .param("team", team.value())
                .param("now", utc(clock.instant()))
                .query(ApiKeys::read)
                .list();
    }

    Optional<ApiKey> find(UUID id, TeamId team) {
        return one(id, team, "");
    }

    /** Nobody else changes it until this transaction ends. */
    Optional<ApiKey> lock(UUID id, TeamId team) {
        return one(id, team, " for no key update");
    }

    private Optional<ApiKey> one(UUID id, TeamId team, String lock) {
        return jdbc.sql("select * from api_keys where id = :id and team_id = :team and revoked_at is null" + lock)
                .param("id", id)
                .param("team", team.value())
                .query(ApiKeys::read)
                .optional();
    }

    void change(ApiKey key) {
        jdbc.sql("""
                        update api_keys set name = :name, scopes = :scopes, expires_at = :expires, recording = :recording,
                            recording_mode = :mode
                        where id = :id
                        """)
                .param("id", key.id())
                .param("name", key.name())
                .param("scopes", words(key.scopes()))
                .param("expires", utc(key.expires()))
                .param("recording", key.recording() == null ? null : key.recording().name())
                .param("mode", key.recording() == null ? null : key.recording().mode())
                .update();
    }

    /**
     * Another key takes the place of this one, and of those that this one had taken the place of: its budgets are the other's from now
     * on.
     */
    void replace(UUID key, UUID other, Instant ends) {
        jdbc.sql("update api_keys set replaced_by = :other, expires_at = :ends where id = :key")
                .param("key", key)
                .param("other", other)
                .param("ends", utc(ends))
                .update();
        jdbc.sql("update api_keys set replaced_by = :other where replaced_by = :key").param("key", key).param("other", other).update();
        jdbc.sql("update budgets set scope_id = :other where scope = 'key' and scope_id = :key")
                .param("key", key)
                .param("other", other)
                .update();
    }

    /** @return false: it is none of the team's, or was revoked before */
    boolean revoke(UUID id, TeamId team) {
        return jdbc.sql("update api_keys set revoked_at = :now where id = :id and team_id = :team and revoked_at is null")
                        .param("now", utc(clock.instant()))
                        .param("id", id)
                        .param("team", team.value())
                        .update()
                > 0;
    }

    /** Who holds these keys, as far as they open anything. */
    Map<ByteBuffer, Holder> holders(List<byte[]> hashes, Function<UUID, KeyUse> uses) {
        var holders = new HashMap<ByteBuffer, Holder>();
        jdbc.sql("""
                        select k.*, u.role from api_keys k join users u on u.id = k.user_id
                        where k.hash in (:hashes) and k.revoked_at is null and (k.expires_at is null or k.expires_at > :now)
                          and u.removed_at is null
                        """)
                .param("hashes", hashes)
                .param("now", utc(clock.instant()))
                .query(row -> {
                    try {
                        holders.put(ByteBuffer.wrap(row.getBytes("hash")), holder(row, uses));
                    } catch (IllegalStateException e) {
                        log.error("a key that cannot be read opens nothing: {}", e.getMessage());
                    }
                });
        return holders;
    }

    private static Holder holder(ResultSet row, Function<UUID, KeyUse> uses) throws SQLException {
        var key = key(row);
        return new Holder(
                new Caller(key.team(), key.user(), Role.valueOf(row.getString("role"))),
                key.id(),
                key.replacedBy() == null ? key.id() : key.replacedBy(),
                key.scopes(),
                key.expires(),
                key.recording(),
                uses.apply(key.id()));
    }

    /** The first eight bytes of the hashes of all keys that open something, in no order. */
    long[] beginnings() {
        return jdbc.sql("select substring(hash for 8) from api_keys where revoked_at is null and (expires_at is null or expires_at > :now)")
                .param("now", utc(clock.instant()))
                .query((row, number) -> ByteBuffer.wrap(row.getBytes(1)).getLong())
                .stream()
                .mapToLong(Long::longValue)
                .toArray();
    }

    /** Takes down when keys were used, unless a later use is known. Locked by id, so that two replicas do not wait for each other. */
    void used(Map<UUID, Instant> times) {
        var ids = List.copyOf(times.keySet());
        jdbc.sql("""
                        with news as materialized (
                            select k.id, u.at from api_keys k
                            join unnest(cast(:ids as uuid[]), cast(:times as timestamptz[])) u (id, at) on u.id = k.id
                            where k.last_used_at is null or k.last_used_at < u.at
                            order by k.id for no key update of k)
                        update api_keys k set last_used_at = greatest(k.last_used_at, news.at) from news where k.id = news.id
                        """)
                .param("ids", ids.stream().map(UUID::toString).toArray(String[]::new))
                .param("times", ids.stream().map(id -> times.get(id).toString()).toArray(String[]::new))
                .update();
    }

    private static ApiKey read(ResultSet row, int number) throws SQLException {
        return key(row);
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getObject("id", UUID.class),
                new TeamId(row.getObject("team_id", UUID.class)),
                new UserId(row.getObject("user_id", UUID.class)),
                row.getString("name"),
                row.getString("hint"),
                scopes(row),
                time(row, "expires_at"),
                time(row, "last_used_at"),
                row.getObject("replaced_by", UUID.class),
                recording(row),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    /** Of a key, in a row that has its columns. */
    static Scopes scopes(ResultSet row) throws SQLException {
        return Scopes.of(Arrays.asList((String[]) row.getArray("scopes").getArray()));
    }

    static @Nullable KeyRecording recording(ResultSet row) throws SQLException {
        var name = row.getString("recording");
        return name == null ? null : new KeyRecording(name, row.getString("recording_mode"));
    }

    private static String[] words(Scopes scopes) {
        return scopes.words().toArray(String[]::new);
    }
}
