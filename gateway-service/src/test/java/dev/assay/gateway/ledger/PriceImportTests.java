// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.gateway.dialect.Usage;
import dev.assay.kit.problem.Problem;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class PriceImportTests {

    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final LocalDate DAY = LocalDate.parse("2026-02-01");

    private static PriceImport read(String list) {
        return PriceImport.read(JSON.readTree(list), DAY);
    }

    private static Price only(String model) {
        return read("{\"m\": " + model + "}").prices().getFirst().price().price("m");
    }

    @Test
    void dollarsForATokenBecomeDollarsForAMillionToTheDigit() {
        var price = only("""
                {"input_cost_per_token": 1.5e-07, "output_cost_per_token": 0.0000006, "cache_read_input_token_cost": 7.5e-8,
                 "cache_creation_input_token_cost": 1.875e-07, "cache_creation_input_token_cost_above_1hr": 3e-07}""");
        // 1 plain, 1 read, 1 written for minutes, 1 for an hour: 150 + 75 + 187.5 + 300, and 2 out at 600, rounded up once
        assertThat(price.nanos(new Usage(4, 1, 1, 1, 2, 0, 0, false))).isEqualTo(1913);
    }

    @ParameterizedTest
    @CsvSource({"200000, 3000, 15000, 300", "200001, 6000, 22500, 600"})
    void callsWithMoreInputHaveThePriceOfTheirTier(long input, long in, long out, long cached) {
        var price = only("""
                {"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "cache_read_input_token_cost": 3e-07,
                 "input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05,
                 "cache_read_input_token_cost_above_200k_tokens": 6e-07}""");
        assertThat(price.nanos(new Usage(input, 1000, 0, 0, 10, 0, 0, false))).isEqualTo((input - 1000) * in + 1000 * cached + 10 * out);
    }

    @Test
    void serviceTiersAreReadAsFarAsTheyArePricedWhole() {
        var price = only("""
                {"input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06, "input_cost_per_token_flex": 1e-06,
                 "output_cost_per_token_flex": 4e-06, "cache_read_input_token_cost_flex": 1e-07,
                 "input_cost_per_token_above_200k_tokens_flex": 3e-06, "output_cost_per_token_above_200k_tokens_flex": 5e-06,
                 "input_cost_per_token_priority": 4e-06, "input_cost_per_token_batches": 1e-06, "output_cost_per_token_batches": 4e-06}""");
        assertThat(price.at("flex").nanos(new Usage(10, 4, 0, 0, 1, 0, 0, false))).isEqualTo(6 * 1000 + 4 * 100 + 4000);
        assertThat(price.at("flex").nanos(new Usage(200_001, 0, 0, 0, 1, 0, 0, false))).isEqualTo(200_001 * 3000L + 5000);
        assertThat(price.at("batch").nanos(new Usage(1, 0, 0, 0, 1, 0, 0, false))).isEqualTo(5000);
        assertThat(price.at("priority")).as("what comes out has no price there").isNull();
        assertThat(price.nanos(new Usage(300_000, 0, 0, 0, 0, 0, 0, false))).as("no tier of another's").isEqualTo(300_000 * 2000L);
    }

    @Test
    void aLargestAnswerBeyondAllMeasureIsNone() {
        var price = only("{\"input_cost_per_token\": 1e-6, \"output_cost_per_token\": 1e-6, \"max_output_tokens\": 99999999999999999999}");
        assertThat(price.maxOutput()).isNull();
    }

    @Test
    void whatIsNotPricedByTheTokenIsLeftOutAndCounted() {
        var read = read("""
                {"sample_spec": {"input_cost_per_token": "what it is"}, "dall": {"output_cost_per_image": 0.04, "mode": "image_generation"},
                 "Embed": {"input_cost_per_token": 2e-08, "mode": "embedding"},
                 "tiny": {"input_cost_per_token": 1e-18, "output_cost_per_token": 1e-18}}""");
        assertThat(read.prices()).extracting(Prices.Own::match).containsExactly("embed");
        assertThat(read.prices().getFirst().price().output()).isZero();
        assertThat(read.skipped()).containsOnlyKeys("not priced by the token", "finer than the books count, or beyond all measure");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[] | must be an object",
        "{} | must be an object",
        "{\"m\": 5} | m: must be an object",
        "{\"m\": {\"input_cost_per_token\": -1, \"output_cost_per_token\": 1}} | m.input_cost_per_token: must be a number of dollars",
        "{\"m\": {\"input_cost_per_token\": \"1\", \"output_cost_per_token\": 1}} | m.input_cost_per_token: must be a number",
        "{\"a*\": {}} | a*: is no model's name",
        "{\"GPT-4\": {}, \"gpt-4\": {}} | gpt-4: stands in the list twice",
        "{\"m\": {\"input_cost_per_token\": 1e2147483647, \"output_cost_per_token\": 1}} | m.input_cost_per_token: must be a number of dollars that"
    })
    void aListWithAPriceThatNoneCanBeIsRefusedByName(String list, String why) {
        assertThatExceptionOfType(Problem.class).isThrownBy(() -> read(list)).withMessageContaining("detail='" + why);
    }
}
