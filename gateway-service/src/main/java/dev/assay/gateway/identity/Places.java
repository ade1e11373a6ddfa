// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static dev.assay.gateway.identity.Rows.utc;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.identity.SignIns.SignIn;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The teams that a browser's person may be in, where the provider signed it in. */
@Component
class Places {

    private final SignIns signIns;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;

    Places(SignIns signIns, JdbcClient jdbc, TransactionTemplate transactions, Clock clock) {
        this.signIns = signIns;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** A team that the person of a browser may be in. */
    record Membership(TeamId team, String name, Role role) {}

    /** All teams of the person of a browser, by name; empty: a key signed it in, which is good for its own team alone. */
    List<Membership> of(String token) {
        return jdbc.sql("""
                        select t.id, t.name, u.role
                        from sign_ins s join users me on me.id = s.user_id and me.removed_at is null
                            join users u on u.person_id = me.person_id and u.removed_at is null join teams t on t.id = u.team_id
                        where s.hash = :hash and s.key_id is null and s.expires_at > :now order by t.name
                        """)
                .param("hash", new KeyText(token).hash())
                .param("now", utc(clock.instant()))
                .query((row, number) -> new Membership(
                        new TeamId(row.getObject("id", UUID.class)), row.getString("name"), Role.valueOf(row.getString("role"))))
                .list();
    }

    private record Move(Caller from, Caller to, Term term) {}

    /**
     * Leads a browser into another team of its person, by a new token, for as long as it had; empty: it is none of theirs. Whoever takes
     * their place there away at the same time does so before this or after it, and then ends the new sign-in as well.
     */
    Optional<SignIn> move(String token, TeamId team) {
        var moved = transactions.execute(transaction -> {
            var taken = jdbc.sql("""
                            with place as (
                                select me.id as my_id, me.team_id as my_team, me.role as my_role, u.team_id, u.id as user_id, u.role
                                from sign_ins s join users me on me.id = s.user_id and me.removed_at is null
                                    join users u on u.person_id = me.person_id and u.team_id = :team and u.removed_at is null
                                where s.hash = :hash for no key update of u)
                            delete from sign_ins s using place p
                            where s.hash = :hash and s.key_id is null and s.expires_at > :now and s.user_id = p.my_id
                            returning p.*, s.expires_at, coalesce(s.ends_at, s.expires_at) as ends_at, s.renewal, s.ask_at, s.in_doubt
                            """)
                    .param("hash", new KeyText(token).hash())
                    .param("now", utc(clock.instant()))
                    .param("team", team.value())
                    .query((row, number) -> new Move(
                            Rows.caller(row, "my_team", "my_id", "my_role"), Rows.caller(row, number),
                            new Term(
                                    Objects.requireNonNull(Rows.time(row, "expires_at")), Objects.requireNonNull(Rows.time(row, "ends_at")),
                                    row.getString("renewal"), Rows.time(row, "ask_at"), row.getBoolean("in_doubt"))))
                    .optional();
            return taken.map(move -> {
                signIns.closed(move.from());
                return signIns.signIn(Holder.without(move.to()), move.term());
            });
        });
        signIns.forget(token);
        return Objects.requireNonNull(moved);
    }
}
