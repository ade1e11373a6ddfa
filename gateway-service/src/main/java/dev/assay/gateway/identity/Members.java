// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The members of teams. Whoever changes those of a team holds the team's row meanwhile, at whichever replica: so what is looked at before
 * a change still holds when it is made, and of two administrators who degrade each other one stays.
 */
@Component
class Members {

    /** In a team. */
    static final int MOST = 1_000;

    private static final String MEMBER = """
            select u.id, u.name, u.email, u.role, u.email is not null and u.person_id is null as invited, u.last_sign_in, u.created_at,
                (select count(*) from api_keys k where k.user_id = u.id and k.revoked_at is null
                    and (k.expires_at is null or k.expires_at > :now)) as keys
            from users u where u.team_id = :team and u.removed_at is null
            """;

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Audit audit;
    private final Clock clock;

    Members(JdbcClient jdbc, TransactionTemplate transactions, Audit audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Somebody of a team.
     *
     * @param email in small letters; null: they have keys alone
     * @param invited whether whoever signs in next with that e-mail becomes this member
     * @param lastSignIn of a browser; null: never
     * @param keys how many open something
     */
    record Member(
            UUID id, String name, @Nullable String email, Role role, boolean invited, @Nullable Instant lastSignIn,
            Instant createdAt, int keys) {

        /** What of it people change, for the audit. */
        Said said() {
            return new Said(name, email, role.word());
        }
    }

    record Said(String name, @Nullable String email, String role) {}

    /** All of them, who came first first. */
    List<Member> of(UUID team) {
        return jdbc.sql(MEMBER + " order by u.created_at, u.id limit " + (MOST + 1))
                .param("team", team)
                .param("now", now())
                .query(Members::member)
                .list();
    }

    private Optional<Member> find(UUID team, UUID id) {
        return jdbc.sql(MEMBER + " and u.id = :id")
                .param("team", team)
                .param("now", now())
                .param("id", id)
                .query(Members::member)
                .optional();
    }

    static int count(JdbcClient jdbc, UUID team) {
        return jdbc.sql("select count(*) from users where team_id = :team and removed_at is null").param("team", team).query(Integer.class)
                .single();
    }

    /** @throws Problem 409 if the team has somebody of that name or e-mail, or as many members as it may */
    Member invite(Caller caller, String email, @Nullable String name, Role role) {
        return holding(caller, team -> {
            if (count(jdbc, team) >= MOST) {
                throw Problem.conflict("A team has at most " + MOST + " members.");
            }
            var called = name == null ? email : name;
            refuseTaken("email", email, team, null);
            refuseTaken("name", called, team, null);
            var id = UUID.randomUUID();
            jdbc.sql("""
                            insert into users (id, team_id, name, role, email, created_at) values (:id, :team, :name, :role, :email, :now)
                            """)
                    .param("id", id)
                    .param("team", team)
                    .param("name", called)
                    .param("role", role.name())
                    .param("email", email)
                    .param("now", now())
                    .update();
            var member = find(team, id).orElseThrow();
            audit.changed(caller, "member.invite", "member", id.toString(), null, member.said());
            return member;
        });
    }

    /**
     * Changes what a member may do, or by which e-mail they come. With an e-mail the place waits anew: whoever the provider named there
     * before is signed out.
     *
     * @param role null: as it is
     * @param email null: as it is
     * @throws Problem 404; 409 if somebody else has the e-mail, or the team would be left without an administrator
     */
    Member change(Caller caller, UUID id, @Nullable Role role, @Nullable String email) {
        return holding(caller, team -> {
            var before = find(team, id).orElseThrow(() -> unknown(id.toString()));
            if (role != null) {
                jdbc.sql("update users set role = :role where id = :id").param("role", role.name()).param("id", id).update();
            }
            if (email != null) {
                refuseTaken("email", email, team, id);
                jdbc.sql("update users set email = :email, person_id = null where id = :id").param("email", email).param("id", id).update();
                jdbc.sql("delete from sign_ins where user_id = :id and key_id is null").param("id", id).update();
            }
            requireAdministrator(team);
            var after = find(team, id).orElseThrow();
            audit.changed(caller, "member.change", "member", id.toString(), before.said(), after.said());
            return after;
        });
    }

    /**
     * Ends a member, with all keys and browsers of theirs.
     *
     * @throws Problem 404; 409 if the team would be left without an administrator
     */
    void remove(Caller caller, UUID id) {
        holding(caller, team -> {
            var before = find(team, id).orElseThrow(() -> unknown(id.toString()));
            jdbc.sql("update users set removed_at = :now where id = :id").param("now", now()).param("id", id).update();
            jdbc.sql("update api_keys set revoked_at = :now where user_id = :id and revoked_at is null").param("now", now()).param("id", id)
                    .update();
            jdbc.sql("delete from sign_ins where user_id = :id").param("id", id).update();
            requireAdministrator(team);
            audit.changed(caller, "member.remove", "member", id.toString(), before.said(), null);
            return before;
        });
    }

    static Problem unknown(String id) {
        return Problem.notFound("There is no member " + id + " in your team.");
    }

    Member require(Caller caller, UUID id) {
        return find(caller.team().value(), id).orElseThrow(() -> unknown(id.toString()));
    }

    private <T> T holding(Caller caller, Function<UUID, T> change) {
        var team = caller.team().value();
        return Objects.requireNonNull(transactions.execute(transaction -> {
            jdbc.sql("select id from teams where id = :team for update").param("team", team).query(UUID.class).single();
            return change.apply(team);
        }));
    }

    private void refuseTaken(String field, String value, UUID team, @Nullable UUID except) {
        var taken = jdbc.sql("select count(*) from users where team_id = :team and removed_at is null and " + field
                        + " = :value and id is distinct from :except::uuid")
                .param("team", team)
                .param("value", value)
                .param("except", except)
                .query(Integer.class)
                .single();
        if (taken > 0) {
            throw Problem.conflict(field + ": your team has a member '" + value + "' already");
        }
    }

    /** Somebody has to be left who can come in and change things. What was done before is undone by the refusal. */
    private void requireAdministrator(UUID team) {
        var left = jdbc.sql("""
                        select count(*) from users u where u.team_id = :team and u.removed_at is null and u.role = 'ADMINISTRATOR'
                          and (u.person_id is not null or exists (select from api_keys k where k.user_id = u.id and k.revoked_at is null
                              and (k.expires_at is null or k.expires_at > :now) and (k.scopes = '{}' or 'admin' = any (k.scopes))))
                        """)
                .param("team", team)
                .param("now", now())
                .query(Integer.class)
                .single();
        if (left == 0) {
            throw Problem.conflict("The team would be left without an administrator who can sign in: make somebody else one first.");
        }
    }

    private @Nullable OffsetDateTime now() {
        return Rows.utc(clock.instant());
    }

    private static Member member(ResultSet row, int number) throws SQLException {
        var last = row.getObject("last_sign_in", OffsetDateTime.class);
        return new Member(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("email"),
                Role.valueOf(row.getString("role")),
                row.getBoolean("invited"),
                last == null ? null : last.toInstant(),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("keys"));
    }
}
