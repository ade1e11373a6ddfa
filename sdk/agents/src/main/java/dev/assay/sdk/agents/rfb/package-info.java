// SPDX-License-Identifier: Apache-2.0

/** The {@code rfb/3.8} capability: a screen, its pointer and its keyboard. Holds no provider's words. */
@NullMarked
package dev.assay.sdk.agents.rfb;

import org.jspecify.annotations.NullMarked;
