// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tokenizers of models whose weights are elsewhere. */
public interface Tokenizers extends AutoCloseable {

    /** Why there are none to be had, for people; null: there are. */
    @Nullable String unfitBecause() throws IOException;

    /** @param folder of its files */
    Tokenizer of(Path folder) throws IOException;

    @Override
    void close();

    /**
     * @param vocabulary how many ids there are, from 0
     * @param end the id that ends an answer; -1: there is none
     */
    record Tokenizer(Renderer renderer, int vocabulary, int end) {}
}
