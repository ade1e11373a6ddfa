// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
record SessionSettings(@DefaultValue("0") int sessions, @DefaultValue("") String address, @DefaultValue("20s") Duration tunnelPing) {}
