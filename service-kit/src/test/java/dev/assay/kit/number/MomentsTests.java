// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.number;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MomentsTests {

    @Test
    void theDeviationIsThatOfASample() {
        var moments = of(1.0, 0.0, 0.5);

        assertThat(moments.mean()).isEqualTo(0.5);
        assertThat(moments.deviation()).isEqualTo(0.5);
        assertThat(of(-1.0, -3.0).mean()).isEqualTo(-2.0);
        assertThat(of(-1.0, -3.0).deviation()).isEqualTo(Math.sqrt(2));
    }

    @Test
    void nothingIsNoNumberAndOneHasNoSpread() {
        assertThat(of().mean()).isNull();
        assertThat(of().deviation()).isNull();
        assertThat(of(0.25).mean()).isEqualTo(0.25);
        assertThat(of(0.25).deviation()).isNull();
    }

    @Test
    void hugeAndTinyNumbersHaveAMeanToo() {
        assertThat(of(1.7e308, 1.7e308, 1.7e308).mean()).isEqualTo(1.7e308);
        assertThat(of(1.7e308, 1.7e308).deviation()).isEqualTo(0.0);
        assertThat(of(Double.MAX_VALUE, -Double.MAX_VALUE).deviation()).isEqualTo(Double.MAX_VALUE);
        assertThat(of(Double.MIN_VALUE, Double.MIN_VALUE).mean()).isEqualTo(Double.MIN_VALUE);
        assertThat(of(Double.MIN_VALUE, 0.0).mean()).isZero();
        assertThat(of(1e300, 1.0, -1e300).mean()).isEqualTo(1.0 / 3);
    }

    @Test
    void numbersThatAreNearlyAlikeKeepTheirSpread() {
        assertThat(of(1e9 + 1, 1e9 + 2, 1e9 + 3).deviation()).isEqualTo(1.0);
    }

    private static Moments of(double... numbers) {
        var exact = Arrays.stream(numbers).mapToObj(number -> new BigDecimal(Double.toString(number))).toList();
        return new Moments(
                exact.size(),
                exact.stream().reduce(BigDecimal.ZERO, BigDecimal::add),
                exact.stream().map(number -> number.multiply(number)).reduce(BigDecimal.ZERO, BigDecimal::add));
    }
}
