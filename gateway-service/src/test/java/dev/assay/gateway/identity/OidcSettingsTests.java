// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.assay.kit.identity.Role;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.AuthenticationServiceException;

/** The settings of the provider: all, or none, or the gateway does not start. */
class OidcSettingsTests {

    private static final List<String> SCOPES = List.of("openid", "email");

    @Test
    void withoutAnyThereIsNoProvider() {
        assertThat(settings("", "", "", "", List.of(), "member").on()).isFalse();
    }

    @Test
    void withAllThereIsOneThatIsNamedByItsHost() {
        var settings = settings("https://login.example.org/realm", "id", "secret", "research", List.of("Example.org ", ""), "viewer");
        assertThat(settings.on()).isTrue();
        assertThat(settings.name()).isEqualTo("login.example.org");
        assertThat(settings.roleOfNewcomers()).isEqualTo(Role.VIEWER);
        assertThat(settings.allows("bo@example.org")).isTrue();
        assertThat(settings.allows("bo@mail.example.org")).isFalse();
        assertThat(settings.toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example, '', secret, ASSAY_OIDC_CLIENT_ID",
        "https://a.example, id, '', ASSAY_OIDC_CLIENT_SECRET",
        "'', id, secret, ASSAY_OIDC_ISSUER",
        "'', '', secret, 'ASSAY_OIDC_ISSUER, ASSAY_OIDC_CLIENT_ID'"
    })
    void halfOfThemIsAnErrorThatNamesWhatIsMissing(String issuer, String id, String secret, String missing) {
        assertThatIllegalArgumentException().isThrownBy(() -> settings(issuer, id, secret, "", List.of(), "member"))
                .withMessageContaining("set by half: " + missing + " missing");
    }

    @Test
    void aTeamOrDomainsAloneAreAnErrorToo() {
        assertThatIllegalArgumentException().isThrownBy(() -> settings("", "", "", "research", List.of(), "member"))
                .withMessageContaining("ASSAY_OIDC_ISSUER");
        assertThatIllegalArgumentException().isThrownBy(() -> settings("https://a.example", "id", "secret", "research", List.of(), "member"))
                .withMessageContaining("ASSAY_OIDC_ALLOWED_DOMAINS");
        assertThatIllegalArgumentException().isThrownBy(() -> settings("https://a.example", "id", "secret", "", List.of("a.org"), "member"))
                .withMessageContaining("ASSAY_OIDC_TEAM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://login.example.org", "login.example.org", "https://", "https://u@a.example", "https://a.example?x", "https://a.example#x",
        "ftp://a.example", "http://127.0.0.1.evil.example", "not an address"})
    void anIssuerThatCouldBeOverheardIsNotTaken(String issuer) {
        assertThatIllegalArgumentException().isThrownBy(() -> settings(issuer, "id", "secret", "", List.of(), "member"))
                .withMessageContaining("ASSAY_OIDC_ISSUER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"administrator", "operator", "owner", ""})
    void nobodyBecomesAnAdministratorByADomain(String role) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("https://a.example", "id", "secret", "research", List.of("a.org"), role))
                .withMessageContaining("ASSAY_OIDC_ROLE");
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT1H", "PT-1M, PT1H", "PT1H, PT1H", "PT2H, PT1H"})
    void theProviderIsAskedAgainBeforeASignInEnds(Duration askAgain, Duration lifetime) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new OidcSettings(
                        "", "https://a.example", "id", "secret", SCOPES, "", "member", List.of(), Duration.ofSeconds(2), askAgain, lifetime))
                .withMessageContaining("ASSAY_OIDC_ASK_AGAIN");
    }

    @Test
    void aProviderThatNobodyCanReachIsNoReasonNotToStart() {
        var provider = new OidcProvider(settings("http://127.0.0.1:1", "id", "secret", "", List.of(), "member"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> provider.findByRegistrationId(OidcProvider.ID))
                .isInstanceOf(AuthenticationServiceException.class)
                .satisfies(failure -> assertThat(OidcFailure.of("", failure)).isEqualTo(OidcFailure.AWAY));
    }

    private static OidcSettings settings(String issuer, String id, String secret, String team, List<String> domains, String role) {
        return new OidcSettings(
                "", issuer, id, secret, SCOPES, team, role, domains, Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofHours(1));
    }
}
