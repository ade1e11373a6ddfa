// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.Map;

/**
 * The answer to {@code POST /internal/workers/hello}, which a worker without keys of its own sends with its credential as bearer: all that it
 * needs to work. It asks again well before the tokens end.
 *
 * @param name what it is called, which its credential was made for
 * @param tokens that speak for it, by the service that believes each
 * @param goodForMillis how long those are good
 * @param gatewayUrl where it finds the gateway
 * @param environmentUrl where it finds environment-service
 * @param believed public keys (JWK texts) of those whose requests it takes, by the names of their files
 */
public record WorkerHello(
        String name,
        Map<String, String> tokens,
        long goodForMillis,
        String gatewayUrl,
        String environmentUrl,
        Map<String, String> believed) {

    /** What the names of such workers begin with. Nobody has keys of that name. */
    public static final String PREFIX = "enrolled/";
}
