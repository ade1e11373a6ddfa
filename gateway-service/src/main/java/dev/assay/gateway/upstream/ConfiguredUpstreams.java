// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** {@code assay.upstreams}. */
@ConfigurationProperties("assay")
record ConfiguredUpstreams(@DefaultValue List<UpstreamSettings> upstreams) {}
