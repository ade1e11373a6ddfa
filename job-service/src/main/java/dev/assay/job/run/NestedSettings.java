// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much a hosted run's own key may begin. {@code job-service.yml} explains each.
 *
 * @param most runs, and as many jobs, over all attempts of one run
 * @param deepest how far below it; 1: only what it begins itself
 */
@ConfigurationProperties("assay.nested")
record NestedSettings(@DefaultValue("200") int most, @DefaultValue("5") int deepest) {}
