// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import dev.assay.kit.identity.RunKeys.RunKey;
import java.time.Instant;
import java.util.UUID;

/** What callers of the service under test hold, signed with the keys of the {@link TestPlatform}. All but run keys as a header has it. */
public final class Tokens {

    private Tokens() {}

    /** A member of the team; the same user for the same team. */
    public static String member(TeamId team) {
        return person(team, Role.MEMBER);
    }

    /** Somebody of the team with that rank; the same user for the same team. */
    public static String person(TeamId team, Role role) {
        return gateway(new Caller(team, new UserId(new UUID(7, team.value().getLeastSignificantBits())), role));
    }

    /** The holder of a run's key, as the gateway lets it in. */
    public static String run(RunKey key) {
        return gateway(Caller.holding(key));
    }

    /** Whoever has an upload's address, as the gateway lets it in. */
    public static String grant() {
        return gateway(Caller.of(Role.GRANT));
    }

    /** A worker. */
    public static String worker() {
        return worker("w");
    }

    /** A worker; its full name is {@code worker/<name>}. */
    public static String worker(String name) {
        return claiming(Role.WORKER, Party.worker("worker", name));
    }

    /** A trainer. */
    public static String trainer() {
        return trainer("t");
    }

    /** A trainer; its full name is {@code trainer/<name>}. */
    public static String trainer(String name) {
        return claiming(Role.TRAINER, Party.trainer("trainer", name));
    }

    /** Another service. */
    public static String service() {
        return claiming(Role.SERVICE, Party.service("gateway-service"));
    }

    /** Another service's word that is meant for somebody else. */
    public static String serviceFor(String audience) {
        return "Bearer " + tokens(Party.service("gateway-service")).mint(Role.SERVICE, audience);
    }

    /** What a party claims to be, whether it may or not. */
    public static String claiming(Role role, Party signer) {
        return "Bearer " + tokens(signer).mint(Caller.of(role), TestPlatform.serviceUnderTest());
    }

    /** The key of a run, as job-service makes it. */
    public static String runKey(RunKey key, Instant expires) {
        return new RunKeys(TestPlatform.signatures(Party.service("job-service"))).mint(key, expires);
    }

    private static String gateway(Caller caller) {
        return "Bearer " + tokens(Party.service("gateway-service")).mint(caller, TestPlatform.serviceUnderTest());
    }

    private static InternalTokens tokens(Party signer) {
        return new InternalTokens(TestPlatform.signatures(signer));
    }
}
