// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The configured providers. */
@ConfigurationProperties("assay")
record Upstreams(@DefaultValue List<Upstream> upstreams) {

    /**
     * A provider that speaks OpenAI's Chat Completions.
     *
     * @param name how the catalog calls it
     * @param baseUrl what stands before {@code /chat/completions}
     * @param apiKey empty: none is sent
     */
    record Upstream(String name, String baseUrl, @DefaultValue("") String apiKey) {

        Upstream {
            if (name == null || name.isBlank() || baseUrl == null || baseUrl.isBlank()) {
                throw new IllegalArgumentException("every one of assay.upstreams needs a name and a base-url");
            }
            baseUrl = baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
        }

        /** Keys stay out of logs. */
        @Override
        public String toString() {
            return name + " at " + baseUrl;
        }
    }
}
