// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import dev.assay.contracts.BuildId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.problem.Problem;
import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextRefused;
import dev.assay.sdk.runtimes.docker.ImageRecipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Grants uploads and takes what comes. A grant is a random token: whoever has it may upload the context of one build, until it runs out. */
@Component
class ReceiveContext {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiveContext.class);
    private static final int TOKEN_BYTES = 32;

    private final Uploads uploads;
    private final Blobs contexts;
    private final UploadSettings settings;
    private final TransactionTemplate transactions;
    private final SecureRandom random = new SecureRandom();

    ReceiveContext(Uploads uploads, Blobs contexts, UploadSettings settings, TransactionTemplate transactions) {
        this.uploads = uploads;
        this.contexts = contexts;
        this.settings = settings;
        this.transactions = transactions;
    }

    record Grant(BuildId build, String token) {}

    Grant grant(TeamId team) {
        var bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        var grant = new Grant(BuildId.random(), Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        uploads.grant(grant.build(), team, sha256(grant.token()), settings.lifetime());
        return grant;
    }

    /** @param announced the length that the sender announced, or less than 0 */
    void receive(String token, long announced, InputStream content) throws IOException {
        var upload = uploads.granted(sha256(token))
                .orElseThrow(() -> Problem.notFound("This upload address is not valid, or no longer: ask for a new one."));
        if (upload.triggered()) {
            throw alreadyTriggered(upload.build());
        }
        var limit = settings.maxSize().toBytes();
        if (announced > limit) {
            throw tooLarge(limit);
        }
        var blob = store(content, limit);
        boolean recipe;
        try (var stored = contexts.open(blob.sha256())) {
            recipe = new ContextArchive(settings.limits()).check(stored).stream().anyMatch(ImageRecipe.NAMES::contains);
        } catch (ContextRefused e) {
            forget(blob.sha256());
            throw Problem.badRequest("context", e.getMessage());
        } catch (UncheckedIOException e) {
            throw e.getCause() instanceof NoSuchFileException ? clearedAway() : e;
        }
        transactions.executeWithoutResult(status -> {
            uploads.lockContext(blob.sha256());
            if (!uploads.received(upload.build(), blob.sha256(), blob.size(), recipe)) {
                throw alreadyTriggered(upload.build());
            }
            if (contexts.find(blob.sha256()).isEmpty()) {
                throw clearedAway();
            }
        });
    }

    private Blobs.Blob store(InputStream content, long limit) throws IOException {
        try {
            return contexts.put(content, limit);
        } catch (Blobs.TooLarge e) {
            throw tooLarge(limit);
        } catch (FileSystemException e) {
            LOG.error("a context can be stored nowhere", e);
            throw Problem.unavailable("The context can be stored nowhere just now. Send it again later.");
        }
    }

    /** Unless some upload is of it. */
    void forget(String sha256) {
        transactions.executeWithoutResult(status -> {
            uploads.lockContext(sha256);
            if (!uploads.uses(sha256)) {
                try {
                    contexts.delete(sha256);
                } catch (IOException e) {
                    throw new UncheckedIOException("context " + sha256 + " cannot be deleted", e);
                }
            }
        });
    }

    private static Problem clearedAway() {
        return Problem.unavailable("The context was cleared away while it came: send it again.");
    }

    private static Problem tooLarge(long limit) {
        return Problem.tooLarge("context: larger than the " + limit + " bytes that are allowed");
    }

    private static Problem alreadyTriggered(BuildId build) {
        return Problem.conflict("Build " + build + " was triggered already: its context can no longer be replaced.");
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
