// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.runtimes.Credential;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** The accounts that this worker has, or may have, sandboxes in. A credential is forgotten as soon as there is nothing left to end with it. */
final class E2bAccounts {

    private final Function<Credential, E2bApi> apis;
    private final Map<Credential, Account> accounts = new ConcurrentHashMap<>();
    private final Predicate<String> open;

    /** @param open whether this worker has that sandbox */
    E2bAccounts(Function<Credential, E2bApi> apis, Predicate<String> open) {
        this.apis = apis;
        this.open = open;
    }

    private record Account(E2bApi api, Set<String> sandboxes) {}

    /** From now until it is {@link #isGone gone} there may be such a sandbox in it. */
    E2bApi of(Credential credential, String sandbox) {
        return accounts.compute(credential, (key, known) -> {
            var account = known == null ? new Account(apis.apply(key), ConcurrentHashMap.newKeySet()) : known;
            account.sandboxes().add(sandbox);
            return account;
        }).api();
    }

    void isGone(Credential credential, String sandbox) {
        accounts.computeIfPresent(credential, (key, known) -> {
            known.sandboxes().remove(sandbox);
            return known.sandboxes().isEmpty() ? null : known;
        });
    }

    /**
     * Kills what is left in accounts that are known here.
     *
     * @return how many sandboxes that were
     */
    int reap(Map<String, String> listed, Predicate<E2bMetadata> left) {
        int reaped = 0;
        for (var known : Map.copyOf(accounts).entrySet()) {
            try {
                reaped += kill(known.getValue().api(), listed, left);
                known.getValue().sandboxes().stream()
                        .filter(sandbox -> !open.test(sandbox))
                        .forEach(sandbox -> isGone(known.getKey(), sandbox));
            } catch (E2bException e) {
                if (e.isRefused()) {
                    accounts.remove(known.getKey()); // taken back: it opens nothing any more
                }
            } catch (IOException e) {
                // the next time
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return reaped;
            }
        }
        return reaped;
    }

    /** Kills of what carries this all that this says is left. */
    static int kill(E2bApi api, Map<String, String> listed, Predicate<E2bMetadata> left) throws IOException, InterruptedException {
        int killed = 0;
        for (var sandbox : api.list(listed)) {
            if (left.test(E2bMetadata.read(sandbox.metadata()))) {
                api.kill(sandbox.id());
                killed++;
            }
        }
        return killed;
    }
}
