// SPDX-License-Identifier: Apache-2.0

/** Usage events of the command line client: counted, not kept. */
@NullMarked
package dev.assay.gateway.usage;

import org.jspecify.annotations.NullMarked;
