// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A policy that somebody serves, as OpenPI's server does: one request for each inference, one answer. */
final class Policy implements AutoCloseable {

    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final long LONGEST_ANSWER = 16 << 20;

    /** As much as the library lets wait to be sent. */
    private static final int LONGEST_REQUEST = 16 << 20;

    private final MessageSocket socket;
    private final String whose;
    private final String key;
    private final Duration limit;

    private Policy(MessageSocket socket, String whose, RobotConfig config) {
        this.socket = socket;
        this.whose = whose;
        this.key = config.responseKey();
        this.limit = config.inferenceTimeout();
    }

    static Policy connect(RobotConfig config, PolicyRoute route) throws PolicyException, InterruptedException {
        var url = MessageSocket.url(config.policy());
        var whose = "the policy at " + url.host() + ":" + port(config.policy());
        var socket = new MessageSocket(whose, url, () -> route.open(url.host(), port(config.policy())), LONGEST_ANSWER);
        try {
            Packed.unpack(socket.receive(LONGEST_START));
            return new Policy(socket, whose, config);
        } catch (IOException e) {
            socket.close();
            throw new PolicyException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : address.getScheme().equals("wss") ? 443 : 80;
    }

    /**
     * A question as it is sent.
     *
     * @throws IOException if it is larger than any policy is asked
     */
    static byte[] request(Map<String, @Nullable Object> request) throws IOException {
        var packed = Packed.pack(request);
        if (packed.length > LONGEST_REQUEST) {
            throw tooLarge(packed.length);
        }
        return packed;
    }

    /** @throws IOException if so many numbers of 32 bits are more than fit into a question */
    static void checkRoomFor(long floats) throws IOException {
        if (4 * floats > LONGEST_REQUEST) {
            throw tooLarge(4 * floats);
        }
    }

    private static IOException tooLarge(long bytes) {
        return new IOException("what makes " + bytes + " bytes for its policy, which is asked with " + LONGEST_REQUEST + " at most");
    }

    /**
     * What is to be done next, one row per tick: at least one, all of one length, all numbers that a robot's 32 bits hold.
     *
     * @param request see {@link #request}
     * @param width how many numbers an action has, where that is known
     */
    double[][] infer(byte[] request, OptionalInt width) throws PolicyException, InterruptedException {
        try {
            socket.send(request);
            var answer = Packed.unpack(socket.receive(limit));
            if (!(answer instanceof Map<?, ?> members) || members.get(key) == null) {
                throw new PolicyException(whose + " answers without '" + key + "'");
            }
            var rows = Numbers.rows(members.get(key));
            check(rows, width);
            return rows;
        } catch (PolicyException e) {
            throw e;
        } catch (IOException e) {
            var message = String.valueOf(e.getMessage());
            throw new PolicyException(message.startsWith(whose) ? message : whose + " answers " + message, e);
        }
    }

    private void check(double[][] rows, OptionalInt width) throws PolicyException {
        if (rows.length == 0 || rows[0].length == 0) {
            throw new PolicyException(whose + " answers no action");
        }
        if (width.isPresent() && width.getAsInt() != rows[0].length) {
            throw new PolicyException(whose + " answers actions of " + rows[0].length + " numbers, the robot's have " + width.getAsInt());
        }
        for (var row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) row[i];
                if (!Double.isFinite(row[i])) {
                    throw new PolicyException(whose + " answers an action that holds " + row[i]);
                }
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
