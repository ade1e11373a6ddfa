// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static dev.assay.gateway.identity.Rows.utc;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.audit.Audit;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Whom the provider names, and which of our users that is. A person is known by what the provider itself calls them. An e-mail counts once,
 * where it was verified: it leads who was invited to the place that waits for them, and from then on whoever comes with it later is
 * somebody else.
 */
@Component
class Persons {

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final OidcSettings settings;
    private final SignIns signIns;
    private final Audit audit;
    private final Clock clock;

    Persons(
            JdbcClient jdbc, TransactionTemplate transactions, OidcSettings settings, SignIns signIns, Audit audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.settings = settings;
        this.signIns = signIns;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * What the provider says of somebody.
     *
     * @param said the e-mail as it stands there, verified or not; null: none
     * @param verified whether the provider says that the e-mail is theirs
     */
    record Claims(String issuer, String subject, @Nullable String said, boolean verified, @Nullable String name) {

        static Claims of(String issuer, OidcUser user) {
            var verified = user.getClaims().get("email_verified"); // some providers spell it as a text
            return new Claims(
                    issuer, user.getSubject(), user.getEmail(), Boolean.TRUE.equals(verified) || "true".equals(verified),
                    Names.cleaned(user.getFullName()));
        }

        /** The e-mail that counts; null: there is none. */
        @Nullable String email() {
            return verified ? Names.email(said).orElse(null) : null;
        }
    }

    /** What came of it. */
    sealed interface Entry {}

    /** The browser is signed in. */
    record Entered(SignIns.SignIn signIn) implements Entry {}

    /** @param why in a sentence for who reads it in the browser */
    record Refused(String why) implements Entry {}

    /**
     * Signs the browser of this person in, into the team that they were in last. Of who may not enter nothing is written down.
     *
     * @param refreshToken by which the provider is asked later whether they are still there; null: it gave none
     */
    Entry enter(Claims claims, @Nullable String refreshToken) {
        if (claims.subject().length() > 255 || claims.subject().chars().anyMatch(Character::isISOControl)) {
            return new Refused("What the provider calls you is not a name that it may give.");
        }
        return Objects.requireNonNull(transactions.execute(transaction -> {
            var person = known(claims);
            var email = claims.email();
            var newcomer = email != null && settings.allows(email) && !wasOfTheTeam(person, email);
            if (person == null && !newcomer && !isInvited(email)) {
                return new Refused(whyNot(claims));
            }
            var id = remember(claims);
            bind(id, email);
            if (newcomer) {
                join(id, email, claims.name());
            }
            return lastUser(id)
                    .<Entry>map(caller -> new Entered(signIns.open(caller, refreshToken)))
                    .orElseGet(() -> {
                        transaction.setRollbackOnly();
                        return new Refused("You are a member of no team here. An administrator of your team can invite you"
                                + (email == null ? "." : " by your e-mail, " + email + "."));
                    });
        }));
    }

    private static String whyNot(Claims claims) {
        if (claims.said() == null) {
            return "The provider does not say what your e-mail is, and nobody here knows you without.";
        }
        if (!claims.verified()) {
            return "The provider does not say that your e-mail is verified, so it opens nothing here.";
        }
        return "Nobody has invited " + Names.cleaned(claims.said()) + " here. An administrator of a team can.";
    }

    private @Nullable UUID known(Claims claims) {
        return jdbc.sql("select id from people where issuer = :issuer and subject = :subject")
                .param("issuer", claims.issuer())
                .param("subject", claims.subject())
                .query(UUID.class)
                .optional()
                .orElse(null);
    }

    private boolean isInvited(@Nullable String email) {
        return jdbc.sql("select exists (select from users where email = :email and person_id is null and removed_at is null)")
                .param("email", email)
                .query(Boolean.class)
                .single();
    }

    /** Who was removed does not come back by an e-mail of the right domain: that takes an invitation. */
    private boolean wasOfTheTeam(@Nullable UUID person, String email) {
        return jdbc.sql("""
                        select exists (select from users u join teams t on t.id = u.team_id
                            where t.name = :team and (u.person_id = :person or u.email = :email))
                        """)
                .param("team", settings.team())
                .param("person", person)
                .param("email", email)
                .query(Boolean.class)
                .single();
    }

    private UUID remember(Claims claims) {
        return jdbc.sql("""
                        insert into people (id, issuer, subject, email, name, created_at)
                        values (:id, :issuer, :subject, :email, :name, :now)
                        on conflict (issuer, subject) do update set email = excluded.email, name = excluded.name
                        returning id
                        """)
                .param("id", UUID.randomUUID())
                .param("issuer", claims.issuer())
                .param("subject", claims.subject())
                .param("email", claims.email())
                .param("name", claims.name())
                .param("now", utc(clock.instant()))
                .query(UUID.class)
                .single();
    }

    /** Leads a person to every place that waits for their e-mail, at most one in a team. */
    private void bind(UUID person, @Nullable String email) {
        var bound = jdbc.sql("""
                        update users u set person_id = :person
                        where u.email = :email and u.person_id is null and u.removed_at is null
                          and not exists (select from users o
                              where o.team_id = u.team_id and o.person_id = :person and o.removed_at is null)
                        returning u.team_id, u.id as user_id, u.role
                        """)
                .param("person", person)
                .param("email", email)
                .query(Rows::caller)
                .list();
        bound.forEach(user -> audit.changed(
                user, "member.bind", "member", user.user().value().toString(), null, Map.of("email", String.valueOf(email))));
    }

    /** Makes who has an e-mail of an allowed domain a member. As with keys, who comes to a team that has nobody is its administrator. */
    private void join(UUID person, String email, @Nullable String name) {
        var now = clock.instant();
        jdbc.sql("insert into teams (id, name, created_at) values (:id, :name, :now) on conflict (name) do nothing")
                .param("id", UUID.randomUUID())
                .param("name", settings.team())
                .param("now", utc(now))
                .update();
        var team = jdbc.sql("select id from teams where name = :name for update").param("name", settings.team()).query(UUID.class).single();
        if (wasOfTheTeam(person, email) || Members.count(jdbc, team) >= Members.MOST) {
            return; // another browser of theirs was faster, or the team is full
        }
        var role = Members.count(jdbc, team) == 0 ? Role.ADMINISTRATOR : settings.roleOfNewcomers();
        Stream.of(Optional.ofNullable(name), Optional.of(email), Optional.of(email + " " + UUID.randomUUID()))
                .flatMap(Optional::stream)
                .map(free -> add(person, team, email, free, role, now))
                .flatMap(Optional::stream)
                .findFirst()
                .ifPresent(user -> audit.changed(
                        new Caller(new TeamId(team), new UserId(user), role), "member.join", "member", user.toString(), null,
                        Map.of("email", email, "role", role.word())));
    }

    /** Empty: the name is another's. */
    private Optional<UUID> add(UUID person, UUID team, String email, String name, Role role, Instant now) {
        return jdbc.sql("""
                        insert into users (id, team_id, name, role, email, person_id, created_at)
                        values (:id, :team, :name, :role, :email, :person, :now)
                        on conflict (team_id, name) where removed_at is null do nothing
                        returning id
                        """)
                .param("id", UUID.randomUUID())
                .param("team", team)
                .param("name", name)
                .param("role", role.name())
                .param("email", email)
                .param("person", person)
                .param("now", utc(now))
                .query(UUID.class)
                .optional();
    }

    /**
     * As whom they were signed in last; who has been nowhere yet: in the team that is set, or else where they were made first. Whoever
     * takes that place away at the same time does so before this, and they are not signed in there, or after it, and ends the sign-in
     * as well.
     */
    private Optional<Caller> lastUser(UUID person) {
        return jdbc.sql("""
                        select u.team_id, u.id as user_id, u.role from users u join teams t on t.id = u.team_id
                        where u.person_id = :person and u.removed_at is null
                        order by u.last_sign_in desc nulls last, t.name = :team desc nulls last, u.created_at, u.id limit 1
                        for no key update of u
                        """)
                .param("person", person)
                .param("team", settings.team())
                .query(Rows::caller)
                .optional();
    }
}
