// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.EndTogether;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/** The accounts that this worker has, or may have, sandboxes in. A credential is forgotten as soon as there is nothing left to end with it. */
final class Accounts<A extends ProviderApi> {

    /** Afterwards a provider has ended by itself what it did not let anybody end. */
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Function<Credential, A> apis;
    private final Map<Credential, Account<A>> accounts = new ConcurrentHashMap<>();
    private final Predicate<String> open;

    /** @param open whether this worker has that sandbox */
    Accounts(Function<Credential, A> apis, Predicate<String> open) {
        this.apis = apis;
        this.open = open;
    }

    /** @param sandboxes and until when each may yet come to light though nobody here has it: at least since it was first spoken of */
    private record Account<A>(A api, Map<String, Instant> sandboxes) {}

    /** From now until it is {@link #isGone gone} there may be such a sandbox in it. */
    A of(Credential credential, String sandbox, Instant now) {
        return accounts.compute(credential, (key, known) -> {
            var account = known == null ? new Account<>(apis.apply(key), new ConcurrentHashMap<>()) : known;
            account.sandboxes().putIfAbsent(sandbox, now);
            return account;
        }).api();
    }

    /** It may yet be made, after the provider was asked whether it is there. */
    void mayCome(Credential credential, String sandbox, Instant until) {
        accounts.computeIfPresent(credential, (key, known) -> {
            known.sandboxes().put(sandbox, until);
            return known;
        });
    }

    void isGone(Credential credential, String sandbox) {
        accounts.computeIfPresent(credential, (key, known) -> {
            known.sandboxes().remove(sandbox);
            return known.sandboxes().isEmpty() ? null : known;
        });
    }

    /**
     * Kills what is left in accounts that are known here, in each beside the others: what one waits for is nothing to them.
     *
     * @return how many sandboxes that were
     */
    int reap(Instant now, Map<String, String> listed, Predicate<Marks> left) {
        var reaped = new AtomicInteger();
        EndTogether.all(Map.copyOf(accounts).entrySet().stream()
                .map(known -> () -> reaped.addAndGet(reap(known.getKey(), known.getValue(), now, listed, left))));
        return reaped.get();
    }

    private int reap(Credential credential, Account<A> account, Instant now, Map<String, String> listed, Predicate<Marks> left) {
        int reaped = 0;
        try {
            reaped = kill(account.api(), listed, left);
            forget(credential, account, now);
        } catch (ProviderException e) {
            if (e.isRefused()) {
                forget(credential, account, now.minus(LONGEST)); // it may be let in again
            }
        } catch (IOException e) {
            // the next time
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return reaped;
    }

    private void forget(Credential credential, Account<A> account, Instant now) {
        account.sandboxes().forEach((sandbox, until) -> {
            if (!open.test(sandbox) && until.isBefore(now)) {
                isGone(credential, sandbox);
            }
        });
    }

    /**
     * Kills of what carries this all that this says is left.
     *
     * @throws ProviderException after all were tried, if one could not be
     */
    static int kill(ProviderApi api, Map<String, String> listed, Predicate<Marks> left) throws IOException, InterruptedException {
        int killed = 0;
        ProviderException first = null;
        for (var sandbox : api.list(listed)) {
            if (left.test(Marks.read(sandbox.marks()))) {
                try {
                    api.kill(sandbox.id());
                    killed++;
                } catch (ProviderException e) {
                    first = first == null ? e : first;
                }
            }
        }
        if (first != null) {
            throw first;
        }
        return killed;
    }
}
