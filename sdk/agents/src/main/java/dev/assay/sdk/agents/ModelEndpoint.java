// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import java.util.Map;

/**
 * Where the model answers.
 *
 * @param baseUrl what a provider's SDK takes as its base url
 * @param headers sent with every call, such as {@code Trace-Id}
 */
public record ModelEndpoint(String baseUrl, String apiKey, Map<String, String> headers) {

    @Override
    public String toString() {
        return "ModelEndpoint[" + baseUrl + "]";
    }
}
