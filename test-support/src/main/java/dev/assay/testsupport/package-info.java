// SPDX-License-Identifier: Apache-2.0

/** One Postgres and one Kafka for all tests of a JVM, a settable clock, the architecture rules, fakes. */
@NullMarked
package dev.assay.testsupport;

import org.jspecify.annotations.NullMarked;
