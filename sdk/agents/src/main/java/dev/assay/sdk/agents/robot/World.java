// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.http.RoutedHttp;
import dev.assay.sdk.protocol.Capability;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A robot in its environment: {@code openpi/0}, of which the environment is the server. */
final class World implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofSeconds(30);

    /** Four cameras of full HD are three quarters of it. */
    private static final long LONGEST_MESSAGE = 32 << 20;

    private final MessageSocket socket;

    private final String whose;

    private World(String whose, MessageSocket socket) {
        this.whose = whose;
        this.socket = socket;
    }

    /**
     * Dials, and claims this run's robot among those that the environment has.
     *
     * @param token which of them; null: the only one
     */
    static World connect(Capability capability, CapabilityRoute route, @Nullable String token)
            throws RobotLostException, InterruptedException {
        var url = RoutedHttp.local(MessageSocket.url(URI.create(capability.url())));
        var whose = "the robot '" + capability.name() + "'";
        var world = new World(whose, new MessageSocket(whose, url, () -> route.open(capability), LONGEST_MESSAGE));
        try {
            world.begin(token);
            return world;
        } catch (IOException e) {
            world.close();
            throw world.lost(e);
        } catch (InterruptedException | RuntimeException e) {
            world.close();
            throw e;
        }
    }

    private void begin(@Nullable String token) throws IOException, InterruptedException {
        var greeting = Packed.unpack(socket.receive(LONGEST_START));
        var mustClaim = greeting instanceof Map<?, ?> map && Boolean.TRUE.equals(map.get("claim_required"));
        if (token != null || mustClaim) {
            var claim = new LinkedHashMap<String, @Nullable Object>();
            claim.put("claim", token);
            socket.send(Packed.pack(claim));
            socket.await(LONGEST_START);
        }
    }

    /** What is seen now: the newest that the environment told and nobody has read, or the next. */
    Observation see() throws RobotLostException, InterruptedException {
        try {
            return Observation.of(Packed.unpack(socket.receive(null)));
        } catch (IOException e) {
            throw lost(e);
        }
    }

    void act(double[] action) throws RobotLostException {
        try {
            socket.send(Packed.pack(Map.of("actions", NdArray.floats(action, action.length))));
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** What to do with an observation that is no use, whoever finds that out. */
    RobotLostException lost(Exception why) {
        var message = String.valueOf(why.getMessage());
        return new RobotLostException(message.startsWith(whose) ? message : whose + " tells " + message, why);
    }

    @Override
    public void close() {
        socket.close();
    }
}
