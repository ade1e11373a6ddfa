// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.util.List;

/**
 * The recording that a key's calls are taken down in, or answered from.
 *
 * @param mode {@code record} or {@code replay}
 */
public record KeyRecording(String name, String mode) {

    static final List<String> MODES = List.of("record", "replay");
}
