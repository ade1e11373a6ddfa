// SPDX-License-Identifier: Apache-2.0

/** All of Assay in one JVM: an embedded Postgres, an embedded Kafka and every service's own Spring context. */
@NullMarked
package dev.assay.standalone;

import org.jspecify.annotations.NullMarked;
