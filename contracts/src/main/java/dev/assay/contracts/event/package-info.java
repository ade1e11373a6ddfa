// SPDX-License-Identifier: Apache-2.0

/** Facts that have happened, as they travel over Kafka. Past tense, ids and values only; fields are only ever added. */
@NullMarked
package dev.assay.contracts.event;

import org.jspecify.annotations.NullMarked;
