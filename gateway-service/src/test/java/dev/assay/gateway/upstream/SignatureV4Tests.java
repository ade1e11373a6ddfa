// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the vectors of AWS's own test suite for this signature. */
class SignatureV4Tests {

    private static final SignatureV4.Key KEY = new SignatureV4.Key("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);
    private static final SignatureV4.Scope SCOPE = new SignatureV4.Scope("us-east-1", "service");
    private static final Instant THEN = Instant.parse("2015-08-30T12:36:00Z");

    private static String signature(SignatureV4.Key key, String method, String uri, Map<String, String> signed, String body) {
        var headers = SignatureV4.headers(
                key, SCOPE, THEN, method, URI.create("https://example.amazonaws.com" + uri), signed,
                List.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))));
        assertThat(headers.get("authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=");
        return headers.get("authorization").replaceFirst(".*Signature=", "");
    }

    @Test
    void getVanilla() {
        assertThat(signature(KEY, "GET", "/", Map.of(), "")).isEqualTo("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    }

    @Test
    void getVanillaQueryOrderKeyCase() {
        assertThat(signature(KEY, "GET", "/?Param2=value2&Param1=value1", Map.of(), ""))
                .isEqualTo("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    }

    @Test
    void postVanilla() {
        assertThat(signature(KEY, "POST", "/", Map.of(), "")).isEqualTo("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
    }

    @Test
    void postXWwwFormUrlencoded() {
        assertThat(signature(KEY, "POST", "/", Map.of("Content-Type", "application/x-www-form-urlencoded"), "Param1=value1"))
                .isEqualTo("ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
    }

    /** As AWS's own Python client (botocore) signs the calls that we make. */
    @ParameterizedTest
    @CsvSource({
        "us-east-1, /openai/v1/chat/completions, '{\"model\":\"openai.gpt-oss-20b-1:0\"}', , "
                + "8680a31c5de5ad0054c2155555d090961704f6ea03f5caa64b14404749dd4fa4",
        "eu-central-1, /model/anthropic.claude-sonnet-4-20250514-v1%3A0/invoke, '{\"max_tokens\":9}', , "
                + "215198a3d190459d20d8d025f2aeff02049607d5c0a531a513d2ff95b7d1f499",
        "us-east-1, /openai/v1/chat/completions, '', AQoDYXdz/+==EXAMPLE, "
                + "ff7dd4f2d14e49abd1babad9bdc372d908de3152d26e8bba4058549cba520bd4"
    })
    void callsOfBedrockAreSignedAsAwssOwnClientSignsThem(String region, String path, String body, @Nullable String session, String signature) {
        var key = new SignatureV4.Key("AKIDEXAMPLE", KEY.secret(), session);
        var headers = SignatureV4.headers(
                key, new SignatureV4.Scope(region, "bedrock"), Instant.parse("2026-11-26T12:00:00Z"), "POST",
                URI.create("https://bedrock-runtime." + region + ".amazonaws.com" + path), Map.of("Content-Type", "application/json"),
                List.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8))));
        assertThat(headers.get("authorization")).endsWith("Signature=" + signature);
    }

    @Test
    void aTemporaryKeysTokenIsSentAndIsPartOfTheSignature() {
        var temporary = new SignatureV4.Key(KEY.id(), KEY.secret(), "session");
        assertThat(signature(temporary, "POST", "/", Map.of(), "")).isNotEqualTo(signature(KEY, "POST", "/", Map.of(), ""));
        assertThat(SignatureV4.headers(temporary, SCOPE, THEN, "POST", URI.create("https://x/"), Map.of(), List.of()))
                .containsEntry("x-amz-security-token", "session");
    }

    @Test
    void anAccessKeyIsToldFromABedrockApiKey() {
        assertThat(SignatureV4.Key.is("AKIAIOSFODNN7EXAMPLE:secret/with+signs")).isTrue();
        assertThat(SignatureV4.Key.is("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t")).isFalse();
        assertThat(SignatureV4.Key.of("ASIAX:secret:a:b")).isEqualTo(new SignatureV4.Key("ASIAX", "secret", "a:b"));
    }
}
