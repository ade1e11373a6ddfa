// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import org.jspecify.annotations.Nullable;

/** Numbers for each token of the vocabulary, in each of its rows. A row that nobody touched is not there, and all 0. */
final class Table {

    private final float @Nullable [][] rows = new float[Features.ROWS][];

    float @Nullable [] row(int row) {
        return rows[row];
    }

    /** The row, made if it is not there. */
    float[] touch(int row) {
        var there = rows[row];
        if (there == null) {
            there = new float[Vocabulary.SIZE];
            rows[row] = there;
        }
        return there;
    }

    boolean isFinite() {
        for (var row : rows) {
            if (row != null) {
                for (float one : row) {
                    if (!Float.isFinite(one)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    int count() {
        int count = 0;
        for (var row : rows) {
            count += row == null ? 0 : 1;
        }
        return count;
    }
}
