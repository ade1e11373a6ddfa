// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.Prepared;
import java.util.Set;

/**
 * An image that the engine has.
 *
 * @param name as it was asked for
 * @param id which the name stood for
 * @param volumes folders that it wants kept outside of it
 */
record DockerImage(String name, String id, Set<String> volumes) implements Prepared {}
