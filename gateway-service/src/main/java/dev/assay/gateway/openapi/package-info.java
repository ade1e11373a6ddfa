// SPDX-License-Identifier: Apache-2.0

/** One OpenAPI document for all services, and a page to read it in. */
@NullMarked
package dev.assay.gateway.openapi;

import org.jspecify.annotations.NullMarked;
