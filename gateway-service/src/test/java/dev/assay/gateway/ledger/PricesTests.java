// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.assay.gateway.dialect.Usage;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PricesTests {

    private static final PriceTable LISTED = Prices.listed();
    private static final LocalDate TODAY = LocalDate.parse("2026-11-26");

    private static Usage used(long input, long output) {
        return new Usage(input, 0, 0, 0, output, 0, 0, false);
    }

    private static Optional<Price> listed(String model, LocalDate day) {
        return LISTED.find(List.of(model), "provider", day);
    }

    @Test
    void tokensAreCountedToTheNanoDollar() {
        assertThat(listed("claude-haiku-4-5", TODAY).orElseThrow().nanos(used(1, 1))).isEqualTo(6_000);
        assertThat(listed("claude-sonnet-4-6", TODAY).orElseThrow().nanos(used(1_000_000, 1_000_000))).isEqualTo(18_000_000_000L);
    }

    @Test
    void whatIsReadFromTheCacheAndWrittenToItHasPricesOfItsOwn() {
        var price = listed("claude-haiku-4-5-20251001", TODAY).orElseThrow();
        // 400 plain at 1, 300 read at 0.1, 200 written at 1.25, 100 for long at 2, 50 out at 5
        var usage = new Usage(1000, 300, 200, 100, 50, 20, 0, false);
        assertThat(price.nanos(usage)).isEqualTo(400_000 + 30_000 + 250_000 + 200_000 + 250_000);
    }

    @Test
    void itIsRoundedUpOnceAtTheEnd() {
        var price = new PriceLine(new BigDecimal("0.0375"), null, null, null, new BigDecimal("0.0001"), null, null, null).price("a");
        // 37.5 and 0.1 nano-dollars a token
        assertThat(price.nanos(used(1, 0))).isEqualTo(38);
        assertThat(price.nanos(used(2, 0))).isEqualTo(75);
        assertThat(price.nanos(used(1, 1))).isEqualTo(38);
        assertThat(price.nanos(used(1, 6))).isEqualTo(39);
        assertThat(price.nanos(used(0, 0))).isZero();
    }

    @Test
    void moreTokensThanThereEverWereCostTheMostThereIs() {
        assertThat(listed("claude-opus-4-8", TODAY).orElseThrow().nanos(used(Long.MAX_VALUE, Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"272000, 2500, 15000", "272001, 5000, 22500"})
    void theWholeCallHasThePriceOfTheTierOfItsInput(long input, long in, long out) {
        assertThat(listed("gpt-5.4", TODAY).orElseThrow().nanos(used(input, 10))).isEqualTo(input * in + 10 * out);
    }

    @ParameterizedTest
    @CsvSource({"2026-08-31, 2000", "2026-09-01, 3000", "2026-11-26, 3000"})
    void aPriceHoldsFromItsDayOn(LocalDate day, long nanos) {
        assertThat(listed("claude-sonnet-5-5", day).orElseThrow().nanos(used(1, 0))).isEqualTo(nanos);
    }

    @Test
    void beforeItsFirstDayAModelHasNone() {
        assertThat(listed("claude-sonnet-5", LocalDate.parse("2026-05-31"))).isEmpty();
    }

    @Test
    void ofAModelThatNobodyKnowsThePriceIsUnknownAndNotZero() {
        assertThat(listed("a-model-of-our-own", TODAY)).isEmpty();
        assertThat(listed("gpt-5.6", TODAY)).isEmpty();
    }

    @Test
    void namesCountWithoutCaseAndWithoutWhatStandsBeforeTheLastSlash() {
        assertThat(listed("x-AI/Grok-4-1-fast", TODAY)).contains(listed("grok-4-1-fast", TODAY).orElseThrow());
        assertThat(listed("gpt-5.4-mini", TODAY).orElseThrow().nanos(used(0, 1))).isEqualTo(4500);
    }

    @Test
    void whatTheScriptsAnswerCostsNothing() {
        var price = LISTED.find(List.of("scripted/letter-count", "letter-count"), "scripted", TODAY).orElseThrow();
        assertThat(price.nanos(used(1000, 1000))).isZero();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "none", textBlock = """
            none, 1250
            default, 1250
            auto, 1250
            flex, 625
            Priority, 2500
            fast, 2500
            """)
    void eachServiceTierHasAPriceOfItsOwn(String tier, long nanos) {
        var price = listed("gpt-5", TODAY).orElseThrow().at(Price.tier(tier));
        assertThat(price.nanos(used(1, 0))).isEqualTo(nanos);
    }

    @Test
    void upstreamsAreFoundHoweverTheirNamesAreSpelled() {
        assertThat(LISTED.find(List.of("letters"), "Scripted", TODAY)).isPresent()
                .isEqualTo(LISTED.find(List.of("letters"), "scripted", TODAY));
    }

    @Test
    void atAServiceTierThatAPriceDoesNotNameItIsUnknownUnlessItSaysWhatEveryOtherCosts() {
        assertThat(listed("gpt-5", TODAY).orElseThrow().at("scale")).isNull();
        assertThat(listed("claude-sonnet-4-6", TODAY).orElseThrow().at("priority")).isNull();
        var script = LISTED.find(List.of("letters"), "scripted", TODAY).orElseThrow();
        assertThat(script.at("whatever").nanos(used(1, 1))).isZero();
        assertThat(Price.RECORDED.at("flex").nanos(used(1, 1))).isZero();
    }

    @Test
    void theTierOfTheInputCountsAtAServiceTierToo() {
        var flex = listed("gpt-5.4", TODAY).orElseThrow().at("flex");
        assertThat(flex.nanos(used(272_000, 0))).isEqualTo(272_000 * 1250L);
        assertThat(flex.nanos(used(272_001, 0))).isEqualTo(272_001 * 2500L);
        assertThat(flex.maxOutput()).isEqualTo(128_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "auto", "Flex", "fast", "", "a b"})
    void aServiceTierWithoutANameOfItsOwnIsRefused(String tier) {
        var line = new PriceLine(
                BigDecimal.ONE, null, null, null, BigDecimal.ONE, null, null,
                Map.of(tier, new PriceLine.ServiceLine(BigDecimal.ONE, null, null, null, BigDecimal.ONE, null)));
        assertThatIllegalArgumentException().isThrownBy(() -> line.price("a")).withMessageStartingWith("service_tiers: must be named");
    }

    @Test
    void everyLineOfTheListCanBeReadAndHasAPrice() {
        assertThat(Prices.lines()).hasSizeGreaterThan(20).allSatisfy(line -> {
            assertThat(line.path("match").size()).isPositive();
            assertThat(line.path("input").isNumber()).isTrue();
            assertThat(line.path("output").isNumber()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-*, gpt-4o, true", "gpt-4o, gpt-4o-mini, false", "*, '', true", "a*b*c, aXbbYc, true", "a*b*c, aXbbY, false", "a, b, false"
    })
    void starsStandForAnyCharacters(String pattern, String text, boolean matches) {
        assertThat(PriceTable.glob(pattern, text)).isEqualTo(matches);
    }

    @Test
    void aPriceThatIsNoneIsRefusedByField() {
        var tier = new PriceLine.TierLine(100, BigDecimal.ONE, null, null, null, new BigDecimal("-1"));
        var line = new PriceLine(BigDecimal.ONE, null, null, null, BigDecimal.ONE, List.of(tier), null, null);
        assertThatIllegalArgumentException().isThrownBy(() -> line.price("a")).withMessageStartingWith("tiers[0].output: must be");
        var digits = new PriceLine(new BigDecimal("0.00000000001"), null, null, null, BigDecimal.ONE, null, null, null);
        assertThatIllegalArgumentException().isThrownBy(() -> digits.price("a")).withMessageStartingWith("input: must have at most 9");
    }

    /** Typing errors show: what is read from a cache costs no more than what is not, and no line is repeated. */
    @Test
    void theListThatComesWithThePlatformIsPlausible() {
        var seen = new HashSet<String>();
        for (var line : Prices.lines()) {
            var since = LocalDate.parse(line.path("since").asString());
            assertThat(since).as("%s", line).isBetween(LocalDate.parse("2020-01-01"), TODAY);
            var price = line.path("input").decimalValue();
            assertThat(line.path("cache_read").decimalValue(BigDecimal.ZERO)).as("%s", line).isBetween(BigDecimal.ZERO, price);
            assertThat(line.path("cache_write").decimalValue(price)).as("%s", line).isGreaterThanOrEqualTo(price);
            assertThat(line.path("output").decimalValue()).as("%s", line).isBetween(BigDecimal.ZERO, BigDecimal.valueOf(1000));
            for (var tier : line.path("service_tiers").properties()) {
                var flex = tier.getKey().equals("flex");
                var said = tier.getValue().path("input").decimalValue();
                assertThat(said.compareTo(price)).as("%s", line).isEqualTo(price.signum() == 0 ? 0 : flex ? -1 : 1);
                assertThat(tier.getValue().path("cache_read").decimalValue(BigDecimal.ZERO)).as("%s", line)
                        .isBetween(BigDecimal.ZERO, said);
                assertThat(tier.getValue().path("output").decimalValue().compareTo(line.path("output").decimalValue())).as("%s", line)
                        .isEqualTo(price.signum() == 0 ? 0 : flex ? -1 : 1);
            }
            line.path("tiers").forEach(tier -> assertThat(tier.path("input").decimalValue()).as("%s", line).isGreaterThan(price));
            line.path("match").forEach(
                    match -> assertThat(seen.add(match.asString() + line.path("upstream") + since)).as("%s", line).isTrue());
            assertThat(line.path("upstream").asString("scripted")).as("an upstream that there is").isEqualTo("scripted");
        }
    }
}
