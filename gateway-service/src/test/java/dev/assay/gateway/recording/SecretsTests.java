// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.assay.gateway.dialect.ModelJson;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTests {

    private final Secrets secrets = new Secrets(Set.of("a-key-of-the-caller", "short"));

    @ParameterizedTest
    @ValueSource(strings = {
        "sk-proj-abcdefghijklmnopqrstuvwx",
        "sk-ant-api03-abc_def-0123456789",
        "sk_live_0123456789abcdefghij",
        "AIzaSyA0123456789abcdefghijklmnopqrstuv",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        "github_pat_0123456789abcdefghijABCDEFGHIJ",
        "xoxb-123456789012-abcdefghij",
        "AKIAIOSFODNN7EXAMPLE",
        "ask_0123456789012345678901234567890123456789012",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "a-key-of-the-caller",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc+/=\n-----END RSA PRIVATE KEY-----",
    })
    void whatLooksLikeASecretIsTakenOut(String secret) {
        var text = "Use it (" + secret + "), please.";
        assertThat(secrets.without(text)).isEqualTo("Use it («secret»), please.");
        assertThat(secrets.without(secrets.without(text))).isEqualTo(secrets.without(text));
    }

    @Test
    void whatStandsBehindItsNameIsTakenOut() {
        assertThat(secrets.without("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
                .isEqualTo("aws_secret_access_key = «secret»");
        assertThat(secrets.without("authorization: Bearer abc123def456")).isEqualTo("authorization: Bearer «secret»");
        assertThat(secrets.without("authorization: Bearer «secret»")).isEqualTo("authorization: Bearer «secret»");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eyJ-", "eyJaaaaaaaaa.", "-----BEGIN A-----", "-----BEGIN A-----\n-", "sk-", "Bearer ", "-"})
    void whatIsWrittenToBeLookedThroughForEverIsNot(String part) {
        var text = part.repeat((2 << 20) / part.length());
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> secrets.without(text)); // it would be hours
    }

    @Test
    void aLongBlockIsTakenOutWhateverTheStack() {
        var block = "-----BEGIN CERTIFICATE-----\n" + "MIIEpAIBAAKCAQEA-\n".repeat(100_000) + "-----END CERTIFICATE-----";
        assertThat(secrets.without("see " + block + "!")).isEqualTo("see «secret»!");
    }

    @Test
    void aTokenBehindADashAndASecretThatIsANameAreTakenOut() {
        assertThat(secrets.without("a token-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3")).isEqualTo("a «secret»");
        assertThat(secrets.without(ModelJson.MAPPER.readTree("{\"a-key-of-the-caller\": 1}")).toString()).isEqualTo("{\"«secret»\":1}");
    }

    @Test
    void aBlockThatWasCutIsASecretAllTheSame() {
        assertThat(secrets.without("{\"key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0B\", \"more\": 1}"))
                .isEqualTo("{\"key\": \"«secret»\", \"more\": 1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Bearer authentication is a scheme.", "The task-for-the-whole-team-of-today", "risk-assessment-for-everybody", "sk-short", "short",
        "eyJ is how tokens begin", "A certificate begins with BEGIN CERTIFICATE.", "sked-abcdefghijklmnopqrstuvwxyz",
    })
    void ordinaryWordsStay(String text) {
        assertThat(secrets.without(text)).isEqualTo(text);
    }
}
