// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.account.AccountImage;
import dev.assay.sdk.runtimes.account.ProviderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import tools.jackson.databind.JsonNode;

/** E2B starts templates, not images: one is made of an image, with its processors and memory, when an account has none yet. */
final class E2bTemplates {

    private static final long LOOK_EVERY_MILLIS = 500;

    /** What E2B itself takes where nothing is said. */
    private static final int CPUS = 2;

    private static final int MIB = 1 << 20;

    private final Duration pending;
    private final Map<Wanted, CompletableFuture<Void>> making = new ConcurrentHashMap<>();

    E2bTemplates(Duration pending) {
        this.pending = pending;
    }

    /** The same for all that ask for the same, in whichever account: what it is called says what it is. */
    static String name(AccountImage image, SandboxLimits limits) {
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

        /** @throws ProviderException not found, if there is no such template */
        T with(String template) throws IOException, InterruptedException;
    }

    /** One template in one account. */
    private record Wanted(Credential account, String name) {}

    /**
     * Does it, and if there is no template yet, makes one and does it then. It is made once for all who want the same; who wants another, or
     * in another account, waits for none of them.
     *
     * @throws SandboxException if none can be made
     */
    <T> T with(E2bApi api, AccountImage image, SandboxLimits limits, Step<T> step) throws IOException, SandboxException, InterruptedException {
        var wanted = new Wanted(api.credential(), name(image, limits));
        boolean made = false;
        while (true) {
            try {
                return step.with(wanted.name());
            } catch (ProviderException e) {
                if (!e.isNotFound() || made) {
                    throw e;
                }
            }
            made = makeOrWait(api, wanted, image, limits);
        }
    }

    /** @return false: somebody else has done with it */
    private boolean makeOrWait(E2bApi api, Wanted wanted, AccountImage image, SandboxLimits limits)
            throws IOException, SandboxException, InterruptedException {
        var mine = new CompletableFuture<Void>();
        var others = making.putIfAbsent(wanted, mine);
        if (others != null) {
            await(others);
            return false;
        }
        try {
            make(api, wanted.name(), image, limits);
            return true;
        } catch (SandboxException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            making.remove(wanted, mine);
            mine.complete(null);
        }
    }

    /** Of one whose maker was stopped nothing is known: the next makes it. */
    private static void await(CompletableFuture<Void> others) throws SandboxException, InterruptedException {
        try {
            others.get();
        } catch (ExecutionException e) {
            throw (SandboxException) e.getCause();
        }
    }

    private void make(E2bApi api, String name, AccountImage image, SandboxLimits limits) throws IOException, SandboxException, InterruptedException {
        var template = Json.object().put("name", name).put("cpuCount", cpus(limits)).put("memoryMB", memoryMib(limits));
        var build = api.makeTemplate(template, Json.object().put("fromImage", image.name()));
        long deadline = System.nanoTime() + pending.toNanos();
        while (true) {
            var state = api.look(build);
            switch (state.path("status").asString("")) {
                case "ready" -> {
                    return;
                }
                case "error" -> throw new SandboxException("E2B cannot make a template of image '" + image.name() + "': " + api.shown(reason(state)));
                default -> {}
            }
            if (System.nanoTime() - deadline >= 0) {
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
