// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is written beside a sandbox, so that it can be ended and deleted by someone who did not launch it. Which installation it is of, the
 * folder says that it lies in.
 *
 * @param longestMillis after which, from when this was written, nobody needs it any more; null: nobody can say
 */
record SandboxRecord(String id, String run, int attempt, String owner, List<String> groups, @Nullable Long longestMillis) {

    private static final String FILE = "sandbox.json";
    private static final JsonMapper JSON = new JsonMapper();

    /** Whoever reads it finds this or what was there before, whole. */
    void writeTo(Path folder) throws IOException {
        var written = Files.writeString(folder.resolve(FILE + ".new"), JSON.writeValueAsString(this));
        Files.move(written, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** @throws IOException if there is none, or half of one */
    static SandboxRecord readFrom(Path folder) throws IOException {
        try {
            return JSON.readValue(Files.readString(folder.resolve(FILE)), SandboxRecord.class);
        } catch (JacksonException e) {
            throw new IOException(e);
        }
    }

    SandboxRecord of(SandboxLabel label, SandboxLimits limits) {
        return new SandboxRecord(id, label.run(), label.attempt(), owner, groups, limits.startup().plus(limits.lifetime()).toMillis());
    }

    SandboxRecord in(ControlGroup group) {
        return new SandboxRecord(id, run, attempt, owner, group.folders().stream().map(Path::toString).toList(), longestMillis);
    }

    SandboxLabel label() {
        return new SandboxLabel(run, attempt);
    }

    /** @param folder that this was read from */
    Instant deadline(Path folder) throws IOException {
        return longestMillis == null ? Instant.MAX : Files.getLastModifiedTime(folder.resolve(FILE)).toInstant().plusMillis(longestMillis);
    }

    ControlGroup group() {
        return new ControlGroup(groups.stream().map(Path::of).toList());
    }
}
