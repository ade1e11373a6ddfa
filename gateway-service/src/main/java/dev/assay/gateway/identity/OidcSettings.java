// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.kit.identity.Role;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The OpenID Connect provider whom people may sign in with. All empty: there is none.
 *
 * @param name what people call it; empty: its host
 * @param issuer its address, to the letter as its tokens say it
 * @param scopes what is asked for: at least {@code openid} and {@code email}
 * @param team whose members they become who come with an e-mail of an allowed domain; empty: only who was invited enters
 * @param role what they become in it: viewer or member
 * @param allowedDomains in small letters
 * @param timeout how long one answer of the provider may take
 * @param askAgain how often it is asked whether somebody is still there
 * @param lifetime how long a sign-in stands past the provider's last yes
 */
@ConfigurationProperties("assay.oidc")
record OidcSettings(
        @DefaultValue("") String name,
        @DefaultValue("") String issuer,
        @DefaultValue("") String clientId,
        @DefaultValue("") String clientSecret,
        @DefaultValue({"openid", "email", "profile"}) List<String> scopes,
        @DefaultValue("") String team,
        @DefaultValue("member") String role,
        @DefaultValue({}) List<String> allowedDomains,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("10m") Duration askAgain,
        @DefaultValue("1h") Duration lifetime) {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    OidcSettings {
        issuer = issuer.strip();
        clientId = clientId.strip();
        clientSecret = clientSecret.strip();
        team = team.strip();
        scopes = scopes.stream().map(String::strip).filter(scope -> !scope.isEmpty()).toList();
        allowedDomains = allowedDomains.stream()
                .map(domain -> domain.strip().toLowerCase(Locale.ROOT))
                .filter(domain -> !domain.isEmpty())
                .toList();
        var missing = Stream.of(
                        issuer.isEmpty() ? "ASSAY_OIDC_ISSUER" : "",
                        clientId.isEmpty() ? "ASSAY_OIDC_CLIENT_ID" : "",
                        clientSecret.isEmpty() ? "ASSAY_OIDC_CLIENT_SECRET" : "")
                .filter(variable -> !variable.isEmpty())
                .toList();
        var asked = missing.size() < 3 || !team.isEmpty() || !allowedDomains.isEmpty();
        if (asked && !missing.isEmpty()) {
            throw new IllegalArgumentException("signing in with OpenID Connect is set by half: " + String.join(", ", missing) + " missing");
        }
        if (asked) {
            checkIssuer(issuer);
            if (!scopes.contains("openid") || !scopes.contains("email")) {
                throw new IllegalArgumentException("ASSAY_OIDC_SCOPES needs openid and email at least");
            }
            if (team.isEmpty() != allowedDomains.isEmpty()) {
                throw new IllegalArgumentException("ASSAY_OIDC_ALLOWED_DOMAINS and ASSAY_OIDC_TEAM go together: whoever has an e-mail of"
                        + " such a domain becomes a member of that team");
            }
            if (allowedDomains.stream().anyMatch(domain -> !domain.matches("[a-z0-9-]+(\\.[a-z0-9-]+)+"))) {
                throw new IllegalArgumentException("ASSAY_OIDC_ALLOWED_DOMAINS has to be domains with commas between, as"
                        + " example.org,example.com");
            }
            if (team.length() > 200) {
                throw new IllegalArgumentException("ASSAY_OIDC_TEAM is longer than 200 characters");
            }
            if (!askAgain.isPositive() || askAgain.compareTo(lifetime) >= 0) {
                throw new IllegalArgumentException("ASSAY_OIDC_ASK_AGAIN has to be more than nothing and less than ASSAY_OIDC_LIFETIME");
            }
            if (!Set.of("viewer", "member").contains(role)) {
                throw new IllegalArgumentException("ASSAY_OIDC_ROLE is viewer or member: administrators are made by administrators");
            }
            name = name.isBlank() ? URI.create(issuer).getHost() : name.strip();
        }
    }

    boolean on() {
        return !issuer.isEmpty();
    }

    Role roleOfNewcomers() {
        return People.role(role).orElse(Role.MEMBER);
    }

    /** Whether an e-mail is of an allowed domain itself, not of one below it. */
    boolean allows(String email) {
        return allowedDomains.contains(email.substring(email.lastIndexOf('@') + 1));
    }

    private static void checkIssuer(String issuer) {
        try {
            var address = new URI(issuer);
            var host = address.getHost();
            var safe = "https".equals(address.getScheme()) || "http".equals(address.getScheme()) && host != null && LOOPBACK.contains(host);
            if (host == null || !safe || address.getUserInfo() != null || address.getQuery() != null || address.getFragment() != null) {
                throw new IllegalArgumentException(
                        "ASSAY_OIDC_ISSUER has to be https:// with a host, without user, query and fragment"
                                + " (http:// on this machine alone)");
            }
        } catch (java.net.URISyntaxException e) {
            throw new IllegalArgumentException("ASSAY_OIDC_ISSUER is no address: " + e.getReason(), e);
        }
    }

    /** The secret does not slip into logs by way of a record's text form. */
    @Override
    public String toString() {
        return "OidcSettings[" + issuer + "]";
    }
}
