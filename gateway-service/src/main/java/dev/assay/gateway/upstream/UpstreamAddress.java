// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.call.Ask;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.wire.Address;
import java.net.URI;
import java.util.Arrays;

/** Where an upstream is asked what, and with which credential. */
final class UpstreamAddress implements Address {

    private static final String VERSION = "anthropic-version";
    private static final String OLDEST_VERSION = "2023-06-01";

    private final UpstreamSettings settings;

    UpstreamAddress(UpstreamSettings settings) {
        this.settings = settings;
    }

    @Override
    public URI uri(Ask ask) {
        if (ask.dialect() == Dialect.GEMINI) {
            requirePath(ask.model());
        }
        return URI.create(base(ask.dialect()) + Dialects.path(ask.dialect(), ask.operation(), ask.model(), ask.streamed()));
    }

    @Override
    public Fields headers(Ask ask) {
        return credential();
    }

    /** Where it lists its models. */
    URI list() {
        var dialect = settings.known().dialects().getFirst();
        return URI.create(base(dialect) + switch (dialect) {
            case CHAT, RESPONSES -> "/models";
            case MESSAGES -> "/models?limit=1000";
            case GEMINI -> "/models?pageSize=1000";
        });
    }

    Fields listHeaders() {
        var headers = Fields.builder().addAll(credential());
        if (settings.known().dialects().getFirst() == Dialect.MESSAGES) {
            headers.add(VERSION, OLDEST_VERSION);
        }
        return headers.build();
    }

    private Fields credential() {
        return settings.apiKey().isBlank()
                ? Fields.NONE
                : Fields.builder().add(settings.known().header(), settings.known().scheme() + settings.apiKey().strip()).build();
    }

    /** Clients of the Messages API add the version themselves, so its addresses are given without. */
    private String base(Dialect dialect) {
        var base = settings.base(dialect);
        return dialect == Dialect.MESSAGES && !base.endsWith("/v1") ? base + "/v1" : base;
    }

    /** A name becomes a path's end: it must not lead anywhere else. */
    private static void requirePath(String model) {
        if (Arrays.stream(model.split("/", -1)).anyMatch(segment -> segment.isEmpty() || segment.equals(".") || segment.equals(".."))) {
            throw new ModelErrorException(ModelError.of(404, "Model '" + model + "' cannot be: its name is no path."));
        }
    }
}
