// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.problem;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Import;

/** Problem details for every service. */
@AutoConfiguration
@Import(ProblemAdvice.class)
public class ProblemConfiguration {}
