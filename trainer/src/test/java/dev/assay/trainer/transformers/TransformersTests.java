// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.EngineConformance;
import org.junit.jupiter.api.BeforeAll;

class TransformersTests extends EngineConformance {

    private static Transformers transformers;

    @BeforeAll
    static void start() throws Exception {
        transformers = TinyModel.engine();
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
