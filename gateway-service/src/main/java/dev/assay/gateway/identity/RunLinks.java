// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.problem.Problem;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The links that there are. What one opens is remembered for two seconds: a revoked one opens nothing after that. */
@Repository
class RunLinks {

    private static final int MOST = 100;

    private final JdbcClient jdbc;
    private final Audit audit;
    private final Clock clock;
    private final KnownKeys<RunLink> known = new KnownKeys<>(new KeyLookup<>(this::found), Ticker.systemTicker());

    RunLinks(JdbcClient jdbc, Audit audit, Clock clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /** What stands behind the secret of a link; empty: nothing, or nothing any more. */
    Optional<RunLink> behind(String secret) {
        var text = new KeyText(secret);
        return text.wellFormed(KeyText.LINK_PREFIX) ? known.find(text).filter(link -> link.isOpen(clock.instant())) : Optional.empty();
    }

    private Map<ByteBuffer, RunLink> found(List<byte[]> hashes) {
        var links = new HashMap<ByteBuffer, RunLink>();
        jdbc.sql("select * from run_links where hash = any(:hashes) and revoked_at is null")
                .param("hashes", hashes.toArray(byte[][]::new))
                .query(row -> {
                    links.put(ByteBuffer.wrap(row.getBytes("hash")), read(row, 0));
                });
        return links;
    }

    /** @throws Problem 409 if the run has too many */
    @Transactional
    public RunLink make(Caller caller, RunId run, KeyText secret, @Nullable Instant expires) {
        if (of(caller.team(), run).size() >= MOST) {
            throw Problem.conflict("Run " + run + " has " + MOST + " links. Revoke one that is not needed any more.");
        }
        var link = new RunLink(UUID.randomUUID(), caller.team(), run, secret.hint(), caller.user().value(), clock.instant(), expires);
        jdbc.sql("""
                insert into run_links (id, team_id, run_id, hash, hint, made_by, created_at, expires_at)
                values (:id, :team, :run, :hash, :hint, :by, :now, :expires)""")
                .param("id", link.id())
                .param("team", link.team().value())
                .param("run", run.value())
                .param("hash", secret.hash())
                .param("hint", link.hint())
                .param("by", link.madeBy())
                .param("now", utc(link.createdAt()))
                .param("expires", utc(expires))
                .update();
        audit.changed(caller, "link.make", "link", link.id().toString(), null, told(link));
        return link;
    }

    /** Those that were not revoked, the oldest first. */
    List<RunLink> of(TeamId team, RunId run) {
        return jdbc.sql("select * from run_links where team_id = :team and run_id = :run and revoked_at is null order by created_at, id")
                .param("team", team.value())
                .param("run", run.value())
                .query(RunLinks::read)
                .list();
    }

    /** Once more it is revoked already. @throws Problem 404 if the run has no such link */
    @Transactional
    public void revoke(Caller caller, RunId run, UUID id) {
        var link = jdbc.sql("select * from run_links where id = :id and team_id = :team and run_id = :run for update")
                .param("id", id)
                .param("team", caller.team().value())
                .param("run", run.value())
                .query(RunLinks::read)
                .optional()
                .orElseThrow(() -> Problem.notFound("There is no link " + id + " to run " + run + "."));
        var revoked = jdbc.sql("update run_links set revoked_at = :now where id = :id and revoked_at is null")
                .param("now", utc(clock.instant()))
                .param("id", id)
                .update();
        if (revoked > 0) {
            audit.changed(caller, "link.revoke", "link", id.toString(), told(link), null);
        }
    }

    private static Map<String, String> told(RunLink link) {
        return Map.of(
                "run_id", link.run().toString(), "hint", link.hint(), "expires_at", link.expires() == null ? "never" : link.expires().toString());
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static RunLink read(ResultSet row, int number) throws SQLException {
        var expires = row.getObject("expires_at", OffsetDateTime.class);
        return new RunLink(
                row.getObject("id", UUID.class),
                new TeamId(row.getObject("team_id", UUID.class)),
                new RunId(row.getObject("run_id", UUID.class)),
                row.getString("hint"),
                row.getObject("made_by", UUID.class),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                expires == null ? null : expires.toInstant());
    }
}
