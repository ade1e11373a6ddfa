// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

/** A service behind the gateway. */
public enum Room {
    ENVIRONMENT("environment-service"),
    JOB("job-service"),
    GRADING("grading-service"),
    TRACE("trace-service"),
    TRAINING("training-service");

    private final String title;

    Room(String title) {
        this.title = title;
    }

    /** As people know it. */
    public String title() {
        return title;
    }
}
