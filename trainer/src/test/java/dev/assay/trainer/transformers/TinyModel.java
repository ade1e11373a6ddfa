// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small transformer that nobody trained, made once for all tests; they are skipped where nothing can compute with it. */
final class TinyModel {

    static final String NAME = "tiny";

    private static @Nullable Path folder;
    private static @Nullable Transformers engine;

    private TinyModel() {}

    /** Where {@code ./assay trainer-python} makes it, unless another is named. */
    private static String python() {
        var own = Path.of("../.assay/trainer-python/bin/python").toAbsolutePath().normalize().toString();
        return System.getenv().getOrDefault("ASSAY_TRAINER_TRANSFORMERS_PYTHON", own);
    }

    static synchronized TransformersSettings settings() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(python())), "no Python with torch: ./assay trainer-python makes one");
        if (folder == null) {
            folder = Files.createTempDirectory("assay-tiny-");
            var made = new ProcessBuilder(python(), "-I", Path.of("src/test/python/tiny.py").toAbsolutePath().toString(), folder.toString())
                    .inheritIO().start();
            assertThat(made.waitFor()).isZero();
        }
        return new TransformersSettings(python(), Map.of(NAME, folder), 8, 16, "all-linear", Duration.ofMinutes(2));
    }

    /** One for all tests: each start of a process takes seconds. */
    static synchronized Transformers engine() throws Exception {
        if (engine == null) {
            engine = new Transformers(settings(), Files.createTempDirectory("assay-test-"));
            Runtime.getRuntime().addShutdownHook(new Thread(engine::close));
        }
        return engine;
    }
}
