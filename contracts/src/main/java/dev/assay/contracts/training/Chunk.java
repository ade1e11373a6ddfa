// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import java.util.Arrays;

/** A piece of what a model reads. */
public sealed interface Chunk {

    /** How many positions it takes. */
    int length();

    /** Ids of tokens, as they were sampled or rendered. */
    record Text(int... tokens) implements Chunk {

        @Override
        public int length() {
            return tokens.length;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Text(int[] others) && Arrays.equals(tokens, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(tokens);
        }
    }

    /**
     * A picture.
     *
     * @param data in base64
     * @param format {@code png} or {@code jpeg}
     * @param length what the model's own reading of it takes
     */
    record Image(String data, String format, int length) implements Chunk {}
}
