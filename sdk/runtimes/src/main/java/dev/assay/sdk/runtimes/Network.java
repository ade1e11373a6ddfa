// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/** What a walled-off command can reach beside itself. */
public enum Network {
    /** A network of its own, from which only the sandbox's door leads out. */
    NONE,

    /** The same, and the door is a proxy to the outside, as far as the operator allows. */
    OUTBOUND,

    /** The machine's own: only for steps that run no stranger's code. */
    HOST
}
