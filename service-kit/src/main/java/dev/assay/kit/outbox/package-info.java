// SPDX-License-Identifier: Apache-2.0

/** Facts leave a service exactly when the transaction that made them true has committed. */
@NullMarked
package dev.assay.kit.outbox;

import org.jspecify.annotations.NullMarked;
