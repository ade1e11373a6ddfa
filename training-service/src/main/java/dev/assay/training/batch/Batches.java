// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.training.DatumFile;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.InflatedBody;
import dev.assay.training.TrainingSettings;
import dev.assay.training.model.Catalog.Trainable;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Takes bodies that are larger than memory: what is read is on disk, and what is refused leaves nothing. */
@Component
public class Batches {

    private static final Logger log = LoggerFactory.getLogger(Batches.class);

    private final Blobs blobs;
    private final TrainingSettings settings;
    private final RecordedRuns runs;
    private final KnownGroups groups;
    private final Path folder;

    Batches(Blobs blobs, TrainingSettings settings, RecordedRuns runs, KnownGroups groups, @Value("${assay.data}") Path data) {
        this.runs = runs;
        this.groups = groups;
        this.blobs = blobs;
        this.settings = settings;
        this.folder = data.resolve("training-service").resolve("batches");
    }

    /** Of {@code forward-backward}, by somebody of a team. @throws Problem 400, 404, 409, 413, 415, 422 */
    public Batch read(HttpServletRequest request, TeamId team, Trainable model) {
        return reading(request, (body, file) -> batch(body, file, team, model, BatchReader::read));
    }

    /** Of {@code forward}, by somebody of a team. @throws Problem 400, 404, 409, 413, 415, 422 */
    public Batch readForward(HttpServletRequest request, TeamId team, Trainable model) {
        return reading(request, (body, file) -> batch(body, file, team, model, BatchReader::readForward));
    }

    /** Of {@code backward}. @throws Problem 400, 413, 415 */
    public GivenWeights readWeights(HttpServletRequest request) {
        return reading(request, (body, file) -> {
            GivenWeights.Read read;
            try (var out = Files.newOutputStream(file)) {
                read = WeightsReader.read(body, out);
            }
            return new GivenWeights(read, put(file));
        });
    }

    private Batch batch(
            InputStream body, Path file, TeamId team, Trainable model, BiFunction<InputStream, BatchInputs, BatchSettings> reader)
            throws IOException {
        BatchSettings said;
        Gathering gathering;
        try (var writer = new DatumFile.Writer(Files.newOutputStream(file))) {
            gathering = new Gathering(writer, settings.mostTokens(), (run, at) -> runs.of(run, at, team, model));
            said = reader.apply(body, gathering);
        }
        gathering.checkThatThereAreAny();
        groups.check(gathering.traces(), said.groupSize(), team);
        return gathering.done(said, put(file));
    }

    private String put(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return blobs.put(in, Long.MAX_VALUE).sha256();
        }
    }

    private interface Reading<T> {
        T read(InputStream body, Path file) throws IOException;
    }

    private <T> T reading(HttpServletRequest request, Reading<T> reading) {
        try {
            Files.createDirectories(folder);
            var file = Files.createTempFile(folder, "batch-", ".part");
            try (var body = new BoundedBody(InflatedBody.of(request), settings.largestBody().toBytes())) {
                return reading.read(body, file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw unkept(e);
        }
    }

    /** What came cannot be written to the disk. */
    static Problem unkept(IOException e) {
        log.error("a batch cannot be kept", e);
        return Problem.unavailable("What was sent cannot be kept here just now (" + reason(e) + "). Nothing was changed; try again later.");
    }

    /** Without the file's name, which is nobody's business. */
    public static String reason(IOException e) {
        return Objects.toString(e instanceof FileSystemException of ? of.getReason() : e.getMessage(), e.getClass().getSimpleName());
    }
}
