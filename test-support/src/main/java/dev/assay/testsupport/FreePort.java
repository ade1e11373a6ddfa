// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** A port for what has to be told one before it listens. No outgoing connection is given it meanwhile: those have higher ones. */
public final class FreePort {

    private FreePort() {}

    public static int find() {
        return findWithNext(0);
    }

    /** The first of several in a row: so many follow it. */
    public static int findWithNext(int others) {
        return ThreadLocalRandom.current().ints(10_000, 30_000).filter(first -> areFree(first, first + others)).findFirst().orElseThrow();
    }

    private static boolean areFree(int first, int last) {
        return IntStream.rangeClosed(first, last).allMatch(port -> {
            try (var socket = new ServerSocket(port)) {
                return socket.isBound();
            } catch (IOException taken) {
                return false;
            }
        });
    }
}
