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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * E2B starts templates, not images: one is made of an image, with its processors and memory, when an account has none yet. Whoever makes one clears
 * away those that nobody uses: only who makes them lets them grow, and has the account's credential then.
 */
final class E2bTemplates {

    private static final long LOOK_EVERY_MILLIS = 500;

    /** What E2B itself takes where nothing is said. */
    private static final int CPUS = 2;

    private static final int MIB = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(E2bTemplates.class);

    private static final String PREFIX = "assay-";

    /** What somebody else calls a template stands before a slash, in accounts whose names are their own. */
    private static final Pattern OURS = Pattern.compile("(?:[^/]+/)?" + PREFIX + "[0-9a-f]{32}");

    private static final Duration UNUSED = Duration.ofDays(30);

    /** A run waits meanwhile. */
    private static final int MOST_AT_ONCE = 20;

    private final Duration pending;
    private final Clock clock;
    private final Map<Wanted, CompletableFuture<Void>> making = new ConcurrentHashMap<>();

    E2bTemplates(Duration pending, Clock clock) {
        this.pending = pending;
        this.clock = clock;
    }

    /** The same for all that ask for the same, in whichever account: what it is called says what it is. */
    static String name(AccountImage image, SandboxLimits limits) {
        var made = image.name() + "\n" + cpus(limits) + "\n" + memoryMib(limits);
        return PREFIX + HexFormat.of().formatHex(sha256(made)).substring(0, 32);
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
        } catch (SandboxException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            making.remove(wanted, mine);
            mine.complete(null);
        }
        clearUnused(api); // others have waited for long enough
        return true;
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

    /** Whoever wants one of these again makes it again. What cannot be cleared away stays until the next time. */
    private void clearUnused(E2bApi api) throws InterruptedException {
        try {
            var since = clock.instant().minus(UNUSED);
            for (var template : api.templates().valueStream().filter(one -> isUnused(one, since)).limit(MOST_AT_ONCE).toList()) {
                remove(api, template);
            }
        } catch (IOException e) {
            LOG.debug("no templates are cleared away: {}", e.getMessage());
        }
    }

    private static void remove(E2bApi api, JsonNode template) throws InterruptedException {
        try {
            api.removeTemplate(template);
            LOG.info("template {} at E2B was not used for {} days and is cleared away", template.path("templateID").asString(""), UNUSED.toDays());
        } catch (IOException e) {
            LOG.debug("a template stays: {}", e.getMessage());
        }
    }

    /** Of one that somebody gave another name, or whose times cannot be read, nobody here can say that. */
    private static boolean isUnused(JsonNode template, Instant since) {
        var names = Stream.of("names", "aliases").flatMap(member -> template.path(member).valueStream()).map(name -> name.asString("")).toList();
        if (names.isEmpty() || !names.stream().allMatch(OURS.asMatchPredicate())) {
            return false;
        }
        try {
            return Stream.of("createdAt", "updatedAt", "lastSpawnedAt")
                    .map(member -> template.path(member).asString(""))
                    .filter(time -> !time.isEmpty()) // one that was never used
                    .map(OffsetDateTime::parse)
                    .map(OffsetDateTime::toInstant)
                    .max(Comparator.naturalOrder())
                    .filter(last -> last.isBefore(since))
                    .isPresent();
        } catch (DateTimeParseException e) {
            return false;
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
