// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

/** Student's distribution, as far as intervals of 95 % need it. */
final class StudentT {

    /** Of the standard normal distribution. */
    private static final double Z = 1.959963984540054;

    /** For 1 to 30 degrees of freedom. */
    private static final double[] FEW = {
        12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139, 2.200985, 2.178813, 2.160369,
        2.144787, 2.131450, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963, 2.079614, 2.073873, 2.068658, 2.063899, 2.059539, 2.055529,
        2.051831, 2.048407, 2.045230, 2.042272
    };

    private StudentT() {}

    /** The value that is exceeded with a probability of 2.5 %. Beyond the table by its expansion around the normal one. */
    static double quantile975(long degrees) {
        if (degrees < 1) {
            throw new IllegalArgumentException("degrees of freedom: " + degrees);
        }
        if (degrees <= FEW.length) {
            return FEW[(int) degrees - 1];
        }
        var z2 = Z * Z;
        var n = (double) degrees;
        return Z * (1 + (z2 + 1) / (4 * n)
                + ((5 * z2 + 16) * z2 + 3) / (96 * n * n)
                + (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n));
    }
}
