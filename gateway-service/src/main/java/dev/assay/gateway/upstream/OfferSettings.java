// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** @param every how often upstreams are asked what they serve; null: never */
@ConfigurationProperties("assay.offers")
record OfferSettings(@Nullable Duration every) {}
