// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Role;
import java.time.Clock;
import java.util.UUID;

/** Internal tokens for tests, signed with the secret of the {@link TestPlatform}. */
public final class Tokens {

    private static final InternalTokens TOKENS = new InternalTokens(TestPlatform.internalSecret(), Clock.systemUTC());

    private Tokens() {}

    /** {@code Bearer …} of a member of the team; the same user for the same team. */
    public static String member(TeamId team) {
        return person(team, Role.MEMBER);
    }

    /** The same user in another role. */
    public static String person(TeamId team, Role role) {
        return "Bearer " + TOKENS.mint(new Caller(team, new UserId(new UUID(7, team.value().getLeastSignificantBits())), role, null));
    }

    public static String worker() {
        return "Bearer " + TOKENS.mint(Role.WORKER);
    }

    public static String service() {
        return "Bearer " + TOKENS.mint(Role.SERVICE);
    }
}
