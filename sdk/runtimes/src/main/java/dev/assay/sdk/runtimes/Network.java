// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/** What a walled-off command can reach beside itself. */
public enum Network {
    /** A network of its own, from which only the sandbox's door leads out. */
    NONE,

    /** The same, and the door is a proxy to the outside, as far as the operator allows. */
    OUTBOUND,

    /**
     * The same, and it is one to listed hosts alone: for whoever shows what the door's keeper has given it for that, as its proxy's user and
     * password. Who gave it knows where the sandbox finds it.
     */
    LISTED,

    /** The machine's own: only for steps that run no stranger's code. */
    HOST;

    /** The name of the worker's Unix socket that sandboxes with it come out at. */
    public String socket() {
        return switch (this) {
            case OUTBOUND -> "outbound";
            case LISTED -> "listed";
            case NONE, HOST -> "door";
        };
    }
}
