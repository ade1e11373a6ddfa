// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ways out of a workspace that a controller may ask for in its {@code hello}: host routes, and connections whose credentials the
 * workspace never sees. A workspace served from here has no network of its own to let anything out of, so whatever is asked for is checked
 * and then refused: ignoring it would let an agent run without the walls its controller counts on.
 */
final class Routes {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,62}");
    private static final Pattern HTTP = Pattern.compile("(?i)https?://[^/?#@]+(/[^?#]*)?");

    private Routes() {}

    /**
     * Passes only what asks for nothing.
     *
     * @param offered what the environment offers, workspaces among it
     */
    static void refuse(ObjectNode hello, List<Capability> offered) throws RpcException {
        var routes = list(hello, "workspace_routes");
        for (var route : routes) {
            check(isWord(route.path("capability")), "a route needs a 'capability'");
            check(isWord(route.path("host")), "a route needs a 'host'");
            int port = route.path("port").isInt() ? route.path("port").intValue() : 0;
            check(port >= 1 && port <= 65_535, "a route needs a 'port' from 1 to 65535");
        }
        var connections = list(hello, "connections");
        for (var connection : connections) {
            check(NAME.matcher(connection.path("name").asString("")).matches(), "a connection needs a 'name' of lower-case letters");
            check(isWord(connection.path("capability")), "a connection needs a 'capability'");
            check(HTTP.matcher(connection.path("url").asString("")).matches(), "a connection needs an http or https 'url'");
            check(connection.path("headers").isObject() && !connection.path("headers").isEmpty(), "a connection needs 'headers'");
        }
        if (!connections.isEmpty()) {
            var asked = workspace(connections.getFirst(), offered);
            throw failed("workspace capability " + asked + " does not support process-bound connections");
        }
        if (!routes.isEmpty()) {
            var asked = workspace(routes.getFirst(), offered);
            throw failed("workspace route for " + asked + " requires an isolated network");
        }
    }

    private static RpcException failed(String reason) {
        return new RpcException(RpcException.FAILED, reason);
    }

    /** The name that was asked for, in quotes, if it means one workspace. */
    private static String workspace(JsonNode asked, List<Capability> offered) throws RpcException {
        var reference = asked.path("capability").stringValue();
        var quoted = PythonText.repr(asked.path("capability"));
        var found = offered.stream().filter(one -> one.family().equals("ssh") && one.answersTo(reference)).map(Capability::name).toList();
        if (found.isEmpty()) {
            throw failed("workspace capability " + quoted + " does not exist");
        }
        if (found.size() > 1) {
            throw failed("workspace capability " + quoted + " is ambiguous: " + String.join(", ", found));
        }
        return quoted;
    }

    private static List<JsonNode> list(ObjectNode hello, String member) throws RpcException {
        var value = hello.path(member);
        check(value.isArray() || value.isMissingNode(), "'" + member + "' must be a list");
        return value.valueStream().toList();
    }

    private static boolean isWord(JsonNode value) {
        return value.isString() && !value.stringValue().isBlank() && value.stringValue().strip().equals(value.stringValue());
    }

    private static void check(boolean holds, String reason) throws RpcException {
        if (!holds) {
            throw new RpcException(RpcException.INVALID_PARAMS, "hello: " + reason);
        }
    }
}
