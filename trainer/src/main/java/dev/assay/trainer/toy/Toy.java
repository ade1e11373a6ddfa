// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.engine.Session;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Models of kind {@code toy}: there is one base. */
@Component
public final class Toy implements Engine {

    /** The only weights that nobody trained. */
    public static final String BASE = "base";

    /** How many positions a sequence has at most. */
    static final int CONTEXT = 32 * 1024;

    @Override
    public String kind() {
        return "toy";
    }

    @Override
    public Session begin(Start start) throws IOException {
        if (start.state() == null) {
            return new ToySession(policy(start.base(), start.weights()), Adam.fresh());
        }
        var state = ToyFile.readState(start.state());
        return new ToySession(state.policy(), state.adam());
    }

    @Override
    public Sampler sampler(String base, @Nullable Path weights) throws IOException {
        return new ToySampler(policy(base, weights));
    }

    private static Policy policy(String base, @Nullable Path weights) throws IOException {
        if (weights != null) {
            return ToyFile.readWeights(weights);
        }
        if (!base.equals(BASE)) {
            throw RefusedException.unfit("The toy has no weights '" + base + "' to begin with, but '" + BASE + "'.");
        }
        return Policy.base();
    }
}
