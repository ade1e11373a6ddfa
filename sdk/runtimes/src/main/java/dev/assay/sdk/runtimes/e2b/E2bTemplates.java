// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/** E2B starts templates, not images: one is made of an image, with its processors and memory, when an account has none yet. */
final class E2bTemplates {

    private static final long LOOK_EVERY_MILLIS = 500;

    /** What E2B itself takes where nothing is said. */
    private static final int CPUS = 2;

    private static final int MIB = 1 << 20;

    private final Duration pending;
    private final ReentrantLock one = new ReentrantLock();

    E2bTemplates(Duration pending) {
        this.pending = pending;
    }

    /** The same for all that ask for the same, in whichever account: what it is called says what it is. */
    static String name(E2bImage image, SandboxLimits limits) {
        var made = image.name() + "\n" + cpus(limits) + "\n" + memoryMib(limits);
        return "assay-" + HexFormat.of().formatHex(sha256(made)).substring(0, 32);
    }

    private static int cpus(SandboxLimits limits) {
        return limits.cpus() > 0 ? (int) Math.ceil(limits.cpus()) : CPUS;
    }

    /** Even, as E2B wants it. */
    private static long memoryMib(SandboxLimits limits) {
        return (limits.memoryBytes() + 2 * MIB - 1) / (2 * MIB) * 2;
    }

    /** Something that needs a template. */
    @FunctionalInterface
    interface Step<T> {

        /** @throws E2bException not found, if there is no such template */
        T with(String template) throws IOException, InterruptedException;
    }

    /**
     * Does it, and if there is no template yet, makes one and does it then. One at a time is made: who waits may want the same.
     *
     * @throws SandboxException if none can be made
     */
    <T> T with(E2bApi api, E2bImage image, SandboxLimits limits, Step<T> step) throws IOException, SandboxException, InterruptedException {
        var name = name(image, limits);
        try {
            return step.with(name);
        } catch (E2bException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
        one.lockInterruptibly();
        try {
            return step.with(name);
        } catch (E2bException e) {
            if (!e.isNotFound()) {
                throw e;
            }
            make(api, name, image, limits);
        } finally {
            one.unlock();
        }
        return step.with(name);
    }

    private void make(E2bApi api, String name, E2bImage image, SandboxLimits limits) throws IOException, SandboxException, InterruptedException {
        var template = Json.object().put("name", name).put("cpuCount", cpus(limits)).put("memoryMB", memoryMib(limits));
        var build = api.makeTemplate(template, Json.object().put("fromImage", image.name()));
        long deadline = System.nanoTime() + pending.toNanos();
        while (true) {
            var state = api.look(build);
            switch (state.path("status").asString("")) {
                case "ready" -> {
                    return;
                }
                case "error" -> throw new SandboxException("E2B cannot make a template of image '" + image.name() + "': " + reason(state));
                default -> {}
            }
            if (System.nanoTime() >= deadline) {
                throw SandboxException.ofHost(
                        "E2B made no template of image '" + image.name() + "' within " + pending.toSeconds() + "s", null);
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
    }

    private static String reason(JsonNode state) {
        return state.path("reason").path("message").asString("it does not say why");
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
