// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.net.Socket;
import tools.jackson.databind.node.ObjectNode;

/** A connection that became a tunnel with its first frame: one reply, then raw bytes both ways. */
final class CapabilityStream {

    private CapabilityStream() {}

    static void serve(ServedEnvironment environment, ObjectNode request, Socket socket, FrameReader frames, ReplyWriter writer)
            throws IOException {
        var id = request.path("id");
        Socket backend;
        String name;
        try {
            var capability = capability(environment, request);
            name = capability.name();
            backend = dial(capability);
        } catch (RpcException refused) {
            writer.error(id, refused.code(), refused.text());
            return;
        } catch (IOException unreachable) {
            writer.error(id, RpcException.FAILED, Session.text(unreachable));
            return;
        }
        try (backend) {
            writer.reply(id, Json.object().put("capability", name));
            Splice.join(socket, frames.rest(), backend);
        }
    }

    private static Capability capability(ServedEnvironment environment, ObjectNode request) throws RpcException {
        var name = request.path("params").path("capability");
        if (!name.isString()) {
            throw new RpcException(RpcException.INVALID_PARAMS, "tunnel.open: 'capability' must be a string");
        }
        return environment.capabilities().stream()
                .filter(capability -> capability.name().equals(name.stringValue()))
                .findFirst()
                // Clients know this message with the quotes that a Python KeyError puts around it.
                .orElseThrow(() -> new RpcException(RpcException.FAILED, PythonText.repr("unknown capability: " + PythonText.repr(name))));
    }

    private static Socket dial(Capability capability) throws IOException {
        var address = HostPort.of(capability.url());
        if (address == null) {
            throw new RpcException(
                    RpcException.INVALID_PARAMS, "capability " + PythonText.repr(capability.name()) + " has no host:port to tunnel to");
        }
        var backend = new Socket(address.host(), address.port());
        backend.setTcpNoDelay(true);
        return backend;
    }
}
