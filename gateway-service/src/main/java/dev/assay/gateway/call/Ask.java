// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.Operation;

/**
 * What an upstream is asked.
 *
 * @param dialect in which it is asked
 * @param model as the upstream calls it
 * @param headers what of the client's goes on; never a credential
 */
public record Ask(
        Dialect dialect, Operation operation, String model, boolean streamed, Body.Spliced body, Fields headers, Exchange exchange) {}
