// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import org.springframework.boot.context.properties.ConfigurationProperties;

/** Where the services are. */
@ConfigurationProperties("assay")
public record Addresses(String environmentUrl, String jobUrl, String gradingUrl, String traceUrl, String trainingUrl) {

    /** Base URL of a service, without a slash at its end. */
    public String of(Room room) {
        var url = switch (room) {
            case ENVIRONMENT -> environmentUrl;
            case JOB -> jobUrl;
            case GRADING -> gradingUrl;
            case TRACE -> traceUrl;
            case TRAINING -> trainingUrl;
        };
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }
}
