// SPDX-License-Identifier: Apache-2.0

/** What a model may call, and what comes of a call, whatever the provider. */
@NullMarked
package dev.assay.sdk.agents.tool;

import org.jspecify.annotations.NullMarked;
