// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

/** A fault of the machinery around the agent; the phase stands first, in brackets. */
public record SystemStep(String error) implements Step {

    @Override
    public String source() {
        return "system";
    }
}
