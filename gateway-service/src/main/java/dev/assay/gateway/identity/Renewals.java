// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static dev.assay.gateway.identity.Rows.utc;

import dev.assay.gateway.audit.Audit;
import dev.assay.kit.sealing.SecretBox;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asks the provider again whether those whom it signed in are still there, so that whoever is disabled there is signed out here within
 * {@code assay.oidc.ask-again}. A sign-in stands for {@code assay.oidc.lifetime} past the provider's last yes: so long the provider may be
 * away, and so long a sign-in stands for which it gave nothing to ask with.
 */
@Component
class Renewals {

    /** Whoever asks has the answer by then, or has died: then somebody else asks. It is also when one that was away is asked again. */
    private static final Duration ASKING = Duration.ofMinutes(1);
    /** At once, by each replica. */
    private static final int TOGETHER = 20;

    private static final String OWNER = "a sign-in";
    private static final String TOKEN = "refresh_token";

    private static final Logger log = LoggerFactory.getLogger(Renewals.class);

    private final OidcSettings settings;
    private final OidcProvider provider;
    private final SecretBox secrets;
    private final Audit audit;
    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Duration longest;

    Renewals(
            OidcSettings settings, OidcProvider provider, SecretBox secrets, Audit audit, JdbcClient jdbc, TransactionTemplate transactions,
            Clock clock, @Value("${assay.sign-in.lifetime}") Duration longest) {
        this.settings = settings;
        this.provider = provider;
        this.secrets = secrets;
        this.audit = audit;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.longest = longest;
    }

    /**
     * How long a browser is signed in whose person the provider has just named.
     *
     * @param refreshToken that it gave; null: none, so that it cannot be asked again
     */
    Term term(@Nullable String refreshToken) {
        var now = clock.instant();
        var ends = now.plus(longest);
        var expires = earlier(ends, now.plus(settings.lifetime()));
        return refreshToken == null
                ? Term.until(expires)
                : new Term(expires, ends, secrets.seal(Map.of(TOKEN, refreshToken), OWNER), now.plus(settings.askAgain()), false);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** Asks for all whose time has come. Any number of replicas may do so: each sign-in is asked for by one. */
    @Scheduled(fixedDelayString = "PT5S")
    void ask() {
        if (!settings.on()) {
            return;
        }
        try {
            for (var due = due(); !due.isEmpty(); due = due()) {
                var failure = ask(due);
                if (failure != null) {
                    log.warn("the provider does not say whether somebody is still there: {}", OidcFailure.forTheLog("", failure));
                    return; // the others' time comes again
                }
            }
        } catch (DataAccessException | TransactionException e) {
            log.warn("cannot look whom to ask the provider for: {}", e.toString());
        }
    }

    /**
     * A sign-in to ask for.
     *
     * @param renewal what the provider is asked with, sealed
     * @param inDoubt whether it was asked with that before and nobody heard the answer: then it may have said yes, and given another
     */
    private record Due(String renewal, boolean inDoubt) {}

    private List<Due> due() {
        return jdbc.sql("""
                        with due as (
                            select hash, in_doubt from sign_ins where ask_at <= :now and expires_at > :now
                            order by ask_at limit :together for update skip locked)
                        update sign_ins s set ask_at = :again, in_doubt = true from due where s.hash = due.hash
                        returning s.renewal, due.in_doubt
                        """)
                .param("now", utc(clock.instant()))
                .param("again", utc(clock.instant().plus(ASKING)))
                .param("together", TOGETHER)
                .query((row, number) -> new Due(row.getString("renewal"), row.getBoolean("in_doubt")))
                .list();
    }

    /** All at once. Null: the provider has said of each whether they are still there. */
    private @Nullable AuthenticationServiceException ask(List<Due> due) {
        var failure = new AtomicReference<@Nullable AuthenticationServiceException>();
        try (var asking = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(one -> asking.execute(() -> {
                try {
                    ask(one);
                } catch (AuthenticationServiceException e) {
                    failure.set(e);
                } catch (RuntimeException e) { // its sign-in ends by itself in time
                    log.error("cannot ask the provider whether somebody is still there", e);
                }
            }));
        }
        return failure.get();
    }

    private void ask(Due due) {
        var next = provider.renew(secrets.open(due.renewal(), OWNER).getOrDefault(TOKEN, ""), clock.instant());
        if (next.isPresent()) {
            goOn(due.renewal(), next.get());
        } else if (due.inDoubt()) {
            askNoMore(due.renewal());
        } else {
            end(due.renewal());
        }
    }

    /**
     * By what it was asked with, which a browser takes along that goes into another team meanwhile. While it goes, there is nothing to be
     * found that has it, and a moment later there is.
     */
    private void goOn(String renewal, String refreshToken) {
        if (wentOn(renewal, refreshToken) == 0) {
            wentOn(renewal, refreshToken);
        }
    }

    private int wentOn(String renewal, String refreshToken) {
        var now = clock.instant();
        return jdbc.sql("""
                        update sign_ins set renewal = :next, ask_at = :ask, expires_at = least(ends_at, :expires), in_doubt = false
                        where renewal = :renewal
                        """)
                .param("next", secrets.seal(Map.of(TOKEN, refreshToken), OWNER))
                .param("ask", utc(now.plus(settings.askAgain())))
                .param("expires", utc(now.plus(settings.lifetime())))
                .param("renewal", renewal)
                .update();
    }

    /** That it says no now may mean that its answer of before was lost, and with it what it is asked with: the time that is left stands. */
    private void askNoMore(String renewal) {
        jdbc.sql("update sign_ins set renewal = null, ask_at = null where renewal = :renewal").param("renewal", renewal).update();
    }

    private void end(String renewal) {
        transactions.executeWithoutResult(transaction -> jdbc.sql("""
                        delete from sign_ins s using users u where s.renewal = :renewal and u.id = s.user_id
                        returning u.team_id, u.id as user_id, u.role
                        """)
                .param("renewal", renewal)
                .query(Rows::caller)
                .list()
                .forEach(who -> audit.changed(
                        who, "session.close", SignIns.KIND, who.user().toString(), null, Map.of("because", "the provider said no"))));
    }
}
