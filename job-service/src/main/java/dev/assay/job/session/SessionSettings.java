// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.run.RunSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** How patient the service is with sessions. {@code job-service.yml} explains each. */
@ConfigurationProperties("assay.session")
record SessionSettings(
        @DefaultValue("10s") Duration idle, @DefaultValue("5m") Duration unused, @DefaultValue("24h") Duration longest) {

    SessionRules rules(RunSettings runs) {
        return new SessionRules(runs.rules(), idle, unused, longest);
    }
}
