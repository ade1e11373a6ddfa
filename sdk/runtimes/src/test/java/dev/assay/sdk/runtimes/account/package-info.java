// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.sdk.runtimes.account;

import org.jspecify.annotations.NullMarked;
