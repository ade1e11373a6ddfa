// SPDX-License-Identifier: Apache-2.0

/** What the names of models stand for. */
@NullMarked
package dev.assay.gateway.model;

import org.jspecify.annotations.NullMarked;
