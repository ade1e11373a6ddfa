// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.assay.sdk.runtimes.modal;

import org.jspecify.annotations.NullMarked;
