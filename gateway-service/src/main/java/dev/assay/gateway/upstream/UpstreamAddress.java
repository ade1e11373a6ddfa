// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.wire.Address;
import dev.assay.gateway.wire.Connections;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where an upstream is asked what, and with which credential. */
final class UpstreamAddress implements Address {

    private static final Logger log = LoggerFactory.getLogger(UpstreamAddress.class);

    private static final String VERSION = "anthropic-version";
    private static final String OLDEST_VERSION = "2023-06-01";

    /** Through how many gateways like this one a call may come. */
    private static final String HOPS = "x-assay-hops";
    private static final int MOST_HOPS = 3;
    private static final Duration TO_HAVE_A_TOKEN = Duration.ofSeconds(10);
    private static final int LARGEST_TOKEN = 64 * 1024;
    private static final String BEDROCK = "bedrock";
    private static final String VERTEX = "vertex";
    /** What providers check signatures against. */
    private static final Clock CLOCK = Clock.systemUTC();

    private final UpstreamSettings settings;
    /** Most calls are asked where the one before was: parsing that takes longer than comparing it. */
    private volatile @Nullable URI lastAsked;
    private final boolean isTeams;
    private final @Nullable ServiceAccount account;
    private final @Nullable AccessTokens tokens;
    private final SignatureV4.@Nullable Key signing;

    /** One of the operator's that has a key, or none. */
    UpstreamAddress(UpstreamSettings settings) {
        this(settings, null, false, true);
    }

    /**
     * @param connections where a service account's tokens are asked for
     * @param isTeams whether a team entered it
     * @param isTrusted whether it may have its tokens from any address
     * @throws IllegalArgumentException if its credential cannot be
     */
    UpstreamAddress(UpstreamSettings settings, @Nullable Connections connections, boolean isTeams, boolean isTrusted) {
        this.settings = settings;
        this.isTeams = isTeams;
        this.account = is(VERTEX) && ServiceAccount.is(settings.apiKey()) ? ServiceAccount.read(settings.apiKey()) : null;
        if (account != null && !isTrusted && !account.asksGoogle()) {
            throw new IllegalArgumentException("the token_uri of its service account is not Google's");
        }
        var account = this.account;
        this.tokens = account == null || connections == null
                ? null
                : new AccessTokens(
                        account, form -> connections.post(account.tokenUri(), form, TO_HAVE_A_TOKEN, LARGEST_TOKEN), CLOCK,
                        System::nanoTime);
        var key = settings.apiKey().strip();
        this.signing = is(BEDROCK) && SignatureV4.Key.is(key) ? SignatureV4.Key.of(key) : null;
    }

    private boolean is(String preset) {
        return settings.known().equals(Presets.named(preset));
    }

    @Override
    public URI uri(Ask ask) {
        if (ask.dialect() == Dialect.GEMINI) {
            requirePath(ask.model());
        }
        var text = base(ask.dialect()) + Dialects.path(ask.dialect(), ask.operation(), ask.model(), ask.streamed());
        var asked = lastAsked;
        if (asked == null || !asked.toString().equals(text)) {
            asked = URI.create(text);
            lastAsked = asked;
        }
        return asked;
    }

    @Override
    public Fields headers(Ask ask) throws AskFailure {
        try {
            var headers = signing != null ? signed(signing, "POST", uri(ask), ask.body().parts()) : credential(ask);
            return isTeams ? Fields.builder().addAll(headers).add(HOPS, String.valueOf(hops(ask) + 1)).build() : headers;
        } catch (AccessTokens.RefusedException e) {
            log.error("{}", e.getMessage());
            throw new AskFailure(
                    AskFailure.Kind.REFUSED,
                    ModelError.of(502, "The provider '" + settings.name() + "' refuses its service account.").andNoUseTryingAgain(), e);
        } catch (IOException e) {
            var late = ask.exchange().late();
            if (late.isPresent()) {
                throw new AskFailure(AskFailure.Kind.LATE, late.get(), e);
            }
            throw new AskFailure(
                    AskFailure.Kind.UNREACHABLE,
                    ModelError.unavailable("No token can be had just now for the provider '" + settings.name() + "'.", 1), e);
        }
    }

    /** A team may point at a gateway that points back at this one. */
    private static int hops(Ask ask) {
        var said = ask.exchange().request().first(HOPS).orElse("0");
        var hops = said.matches("[0-9]{1,4}") ? Integer.parseInt(said) : MOST_HOPS;
        if (hops >= MOST_HOPS) {
            throw new ModelErrorException(
                    ModelError.of(508, "This call has come through " + said + " gateways by now: do their upstreams point at each other?").andNoUseTryingAgain());
        }
        return hops;
    }

    private Fields signed(SignatureV4.Key key, String method, URI uri, List<ByteBuffer> body) {
        var scope = new SignatureV4.Scope(settings.region() == null ? "us-east-1" : settings.region(), BEDROCK);
        var headers = Fields.builder();
        SignatureV4.headers(key, scope, CLOCK.instant(), method, uri, Map.of(), body).forEach(headers::add);
        return headers.build();
    }

    /** Where it lists its models. @param page what the page before said; null: the first */
    URI list(@Nullable String page) {
        var dialect = settings.known().dialects().getFirst();
        var after = page == null ? "" : URLEncoder.encode(page, StandardCharsets.UTF_8);
        return URI.create(base(dialect) + switch (dialect) {
            case CHAT, RESPONSES -> "/models" + (page == null ? "" : "?after=" + after);
            case MESSAGES -> "/models?limit=1000" + (page == null ? "" : "&after_id=" + after);
            case GEMINI -> "/models?pageSize=1000" + (page == null ? "" : "&pageToken=" + after);
        });
    }

    /** @throws IOException if a token has to be had first, and cannot be */
    Fields listHeaders(@Nullable String page) throws IOException {
        var own = signing != null ? signed(signing, "GET", list(page), List.of()) : credential();
        var headers = Fields.builder().addAll(own);
        if (settings.known().dialects().getFirst() == Dialect.MESSAGES) {
            headers.add(VERSION, OLDEST_VERSION);
        }
        return headers.build();
    }

    /** A call waits for a token no longer than it may go on. */
    private Fields credential(Ask ask) throws IOException {
        if (tokens == null) {
            return credential();
        }
        ask.exchange().running(Thread.currentThread()::interrupt);
        try {
            return credential();
        } finally {
            ask.exchange().running(null);
            Thread.interrupted(); // meant the waiting, which is over
        }
    }

    private Fields credential() throws IOException {
        if (account != null) {
            return Fields.builder().add("Authorization", "Bearer " + (tokens == null ? "" : tokens.get())).build();
        }
        return settings.apiKey().isBlank()
                ? Fields.NONE
                : Fields.builder().add(settings.known().header(), settings.known().scheme() + settings.apiKey().strip()).build();
    }

    /** Clients of the Messages API add the version themselves, so its addresses are given without. */
    private String base(Dialect dialect) {
        var base = account != null && settings.baseUrl() == null
                ? account.base(settings.region() == null ? "global" : settings.region())
                : settings.base(dialect);
        return dialect == Dialect.MESSAGES && !base.endsWith("/v1") ? base + "/v1" : base;
    }

    /** A name becomes a path's end: it must not lead anywhere else. */
    private static void requirePath(String model) {
        if (Arrays.stream(model.split("/", -1)).anyMatch(segment -> segment.isEmpty() || segment.equals(".") || segment.equals(".."))) {
            throw new ModelErrorException(ModelError.of(404, "Model '" + model + "' cannot be: its name is no path."));
        }
    }
}
