// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.kit.problem.Problem;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A service account of Google's, as its JSON says: who it is, and the key that it signs with when it asks for an access token (RFC 7523).
 *
 * @param tokenUri whom it asks
 */
record ServiceAccount(String email, String keyId, String project, URI tokenUri, PrivateKey key) {

    static final Duration LIFETIME = Duration.ofHours(1);

    /** With a shorter key nothing is signed. */
    private static final int FEWEST_BITS = 2048;
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final URI GOOGLES = URI.create("https://oauth2.googleapis.com/token");
    /** Whom a team's may ask: its JSON is the team's to write. */
    private static final Set<String> HOSTS = Set.of("oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com");
    private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9.:-]{0,99}"); // it becomes a part of a path
    private static final Pattern ARMOUR = Pattern.compile("-----(BEGIN|END) PRIVATE KEY-----|\\s");

    static boolean is(String credential) {
        return credential.strip().startsWith("{");
    }

    /**
     * What is needed of it, in one line.
     *
     * @throws Problem 400 that says what is wrong, and quotes nothing
     */
    static String compact(String json, int longest) {
        if (json.length() > longest) {
            throw Problem.badRequest("credential", "longer than " + longest + " characters");
        }
        try {
            read(json);
            var tree = ModelJson.MAPPER.readTree(json);
            var kept = ModelJson.MAPPER.createObjectNode();
            for (var name : new String[] {"type", "project_id", "private_key_id", "private_key", "client_email", "token_uri"}) {
                kept.put(name, tree.path(name).asString(""));
            }
            return kept.toString();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("credential", String.valueOf(e.getMessage()));
        }
    }

    /** @throws IllegalArgumentException if it is none; its words quote nothing of it */
    static ServiceAccount read(String json) {
        JsonNode tree;
        try {
            tree = ModelJson.MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("begins like the JSON of a service account, and is no JSON");
        }
        var email = tree.path("client_email").asString("");
        var project = tree.path("project_id").asString("");
        if (!tree.path("type").asString("").equals("service_account") || email.isBlank() || !PROJECT.matcher(project).matches()) {
            throw new IllegalArgumentException("is no service account's JSON: it needs the type service_account, a client_email and a project_id");
        }
        return new ServiceAccount(email, tree.path("private_key_id").asString(""), project, tokenUri(tree), key(tree.path("private_key").asString("")));
    }

    private static URI tokenUri(JsonNode tree) {
        var text = tree.path("token_uri").asString("");
        try {
            var uri = text.isBlank() ? GOOGLES : URI.create(text);
            if (uri.getHost() != null && uri.getUserInfo() == null && Set.of("https", "http").contains(String.valueOf(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("has a token_uri that is no address");
    }

    private static PrivateKey key(String pem) {
        try {
            var bytes = Base64.getDecoder().decode(ARMOUR.matcher(pem).replaceAll(""));
            var key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(bytes));
            if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() >= FEWEST_BITS) {
                return key;
            }
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IllegalArgumentException("has a private_key that is no RSA key (PKCS 8)");
        }
        throw new IllegalArgumentException("has a private_key of fewer than " + FEWEST_BITS + " bits");
    }

    /** Whether a team may have tokens from there. */
    boolean asksGoogle() {
        return tokenUri.getScheme().equals("https") && tokenUri.getPort() < 0 && HOSTS.contains(tokenUri.getHost());
    }

    /** The form that a token is asked for with. */
    Map<String, String> grant(Instant now) {
        try {
            var claims = new JWTClaimsSet.Builder()
                    .issuer(email)
                    .audience(tokenUri.toString())
                    .claim("scope", SCOPE)
                    .issueTime(Date.from(now))
                    .expirationTime(Date.from(now.plus(LIFETIME)))
                    .build();
            var header = new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID(keyId.isEmpty() ? null : keyId).build();
            var jwt = new SignedJWT(header, claims);
            jwt.sign(new RSASSASigner(key));
            return Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", jwt.serialize());
        } catch (JOSEException e) {
            throw new IllegalStateException("the service account's key does not sign: " + e.getMessage());
        }
    }

    /** Where Vertex AI has this account's models. @param region {@code global} where none was said */
    String base(String region) {
        var host = region.equals("global") ? "aiplatform.googleapis.com" : region + "-aiplatform.googleapis.com";
        return "https://" + host + "/v1/projects/" + project + "/locations/" + region + "/publishers/google";
    }

    /** Keys stay out of logs. */
    @Override
    public String toString() {
        return email;
    }
}
