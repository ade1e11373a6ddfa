// SPDX-License-Identifier: Apache-2.0

/** The way to a model: raw JSON over HTTP, tried again as the provider's own library does it. */
@NullMarked
package dev.assay.sdk.agents.model;

import org.jspecify.annotations.NullMarked;
