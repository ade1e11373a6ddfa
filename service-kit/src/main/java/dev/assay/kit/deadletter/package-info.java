// SPDX-License-Identifier: Apache-2.0

/** What can never be delivered is set aside, counted and shown, and can be sent again; what is behind it moves on. */
@NullMarked
package dev.assay.kit.deadletter;

import org.jspecify.annotations.NullMarked;
