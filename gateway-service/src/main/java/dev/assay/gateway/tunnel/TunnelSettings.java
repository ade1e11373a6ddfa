// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code gateway-service.yml} for what each means. */
@ConfigurationProperties("assay.tunnel")
record TunnelSettings(@DefaultValue("20s") Duration ping) {}
