// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import dev.assay.sdk.runtimes.Network;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
record DoorSettings(@DefaultValue("outbound") Network network, @DefaultValue List<String> networkAllow) {

    DoorSettings {
        if (network == Network.HOST || network == Network.LISTED) {
            throw new IllegalArgumentException("assay.worker.network: none or outbound");
        }
    }
}
