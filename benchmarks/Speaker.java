// SPDX-License-Identifier: Apache-2.0

import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.Signatures;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** A worker's token for one service, made anew before it ends. */
final class Speaker {

    private static final Duration TOKEN = Duration.ofMinutes(2);

    private final InternalTokens tokens;
    private final String audience;
    private String token = "";
    private long until;

    Speaker(Path data, String name, String audience) {
        var keys = data.resolve("keys");
        this.tokens = new InternalTokens(
                new Signatures(Party.worker("worker", name), keys.resolve("worker"), keys.resolve("public"), Clock.systemUTC()));
        this.audience = audience;
    }

    String token() {
        if (token.isEmpty() || System.nanoTime() > until) {
            token = tokens.mint(Role.WORKER, audience);
            until = System.nanoTime() + TOKEN.toNanos();
        }
        return token;
    }
}
