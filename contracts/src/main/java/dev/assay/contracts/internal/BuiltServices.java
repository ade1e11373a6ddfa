// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The images that were built for the services of a version's Compose project.
 *
 * @param images by service and recipe: another project finds those that it would have built alike
 * @param engine the id of the Docker engine that alone has them; null: any engine can fetch them
 */
public record BuiltServices(Map<String, String> images, @Nullable String engine) {

    public static final BuiltServices NONE = new BuiltServices(Map.of(), null);

    /** The runtime that a worker must have to run a project with one of them. */
    public String runtime() {
        return engine == null ? "compose" : "compose@" + engine;
    }
}
