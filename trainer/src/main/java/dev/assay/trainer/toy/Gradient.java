// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import org.jspecify.annotations.Nullable;

/** Of the rows that something was added to. */
final class Gradient {

    private final double @Nullable [][] rows = new double[Features.ROWS][];

    double @Nullable [] row(int row) {
        return rows[row];
    }

    double[] touch(int row) {
        var there = rows[row];
        if (there == null) {
            there = new double[Vocabulary.SIZE];
            rows[row] = there;
        }
        return there;
    }

    /** Euclidean. Rows count in their order, so that the same gradient has the same. */
    double norm() {
        double sum = 0;
        for (var row : rows) {
            if (row != null) {
                for (double one : row) {
                    sum += one * one;
                }
            }
        }
        return Math.sqrt(sum);
    }
}
