// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;

/** An error reply: the peer is there and says no. Any other {@link IOException} of a call means that the connection is gone. */
public final class RpcException extends IOException {

    /** The parameters are wrong. */
    public static final int INVALID_PARAMS = -32602;

    /** The call does not fit the state of the session. */
    public static final int INVALID_REQUEST = -32600;

    public static final int METHOD_NOT_FOUND = -32601;

    /** Whatever went wrong while the environment's own code ran. */
    public static final int FAILED = -32000;

    /** The reply itself was no valid one; made by the client, never sent. */
    public static final int BAD_REPLY = -32603;

    private final int code;
    private final String text;

    public RpcException(int code, String text) {
        super("hud rpc error " + code + ": " + text);
        this.code = code;
        this.text = text;
    }

    public int code() {
        return code;
    }

    /** The message as it was sent, without the code. */
    public String text() {
        return text;
    }
}
