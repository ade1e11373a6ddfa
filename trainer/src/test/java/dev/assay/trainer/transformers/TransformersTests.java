// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.EngineConformance;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class TransformersTests extends EngineConformance {

    @TempDir
    static Path data;

    private static Transformers transformers;

    @BeforeAll
    static void start() throws Exception {
        transformers = TinyModel.engine(data);
    }

    @AfterAll
    static void end() {
        if (transformers != null) {
            transformers.close();
        }
    }

    @Override
    protected Engine engine() {
        return transformers;
    }

    @Override
    protected String base() {
        return TinyModel.NAME;
    }

    @Override
    protected double learningRate() {
        return 0.01;
    }

    @Override
    protected double exactness() {
        return 1e-3;
    }
}
