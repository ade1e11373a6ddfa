// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call from one look at the top level of its body, and from its path. Places are byte offsets into the body.
 *
 * @param model as the call names it
 * @param modelFrom where the model's value begins in the body, with its quotes; -1: the path names the model
 * @param modelTo the first byte behind it; -1: the path names the model
 * @param streamed whether the answer is wanted as it is made
 * @param maxOutput the most tokens that are wanted, of all answers together if several are; -1: not said
 * @param capturesTokens whether token ids are wanted: such a call never changes its upstream
 * @param continues the response that is to be continued (Responses); null: none
 * @param keeps whether the answer is to be kept (Responses)
 * @param optionsFrom where the value of {@code stream_options} begins; -1: absent
 * @param optionsTo the first byte behind it; -1: absent
 * @param usageAsked whether the client itself wants the usage in a stream (Chat)
 * @param repairs what an upstream of the same dialect is sent otherwise than it came, in order: what it is known to refuse though clients
 *     send it
 * @param answers how many are wanted, at least 1
 * @param serviceTier at which the call wants to be served, in the provider's word; null: not said
 */
public record CallHead(
        String model,
        int modelFrom,
        int modelTo,
        boolean streamed,
        long maxOutput,
        boolean capturesTokens,
        @Nullable String continues,
        boolean keeps,
        int optionsFrom,
        int optionsTo,
        boolean usageAsked,
        List<Body.Splice> repairs,
        int answers,
        @Nullable String serviceTier) {}
