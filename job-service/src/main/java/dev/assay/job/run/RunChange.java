// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

/** What a command did: the run as it stands now, and the answer. */
public record RunChange(Run run, Decision.Answer answer) {}
