// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.openapi;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.assay.gateway.routing.Addresses;
import dev.assay.gateway.routing.PublicAddress;
import dev.assay.gateway.routing.Room;
import dev.assay.gateway.routing.Routes;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Role;
import dev.assay.kit.rest.InternalRest;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Admits(Role.VIEWER)
@Hidden
class ApiDocumentController {

    private static final Logger log = LoggerFactory.getLogger(ApiDocumentController.class);
    private static final String ABOUT = """
            Everything that an API key opens. Errors are problem details (RFC 9457); those of model calls look as the model API's own \
            do. Ids may be written with or without dashes. Paths are taken in one spelling: what needs no encoding is not encoded, and \
            there are no dot segments, doubled slashes, path parameters or backslashes; names are percent-encoded UTF-8.

            `x-admits` of an operation says who may call it: `viewer`, `member` and `administrator` are people of a team, of whom each may \
            what those before it may; `run` is the holder of a run's key, `operator` that of the operator's token. `/v2/auth/me` tells who \
            you are. Whoever may not gets a 403 that says what it takes.

            A build's log is also a WebSocket: `/v2/builds/{id}/logs?api_key=…` sends text frames, one JSON object each, of the types \
            `status`, `status_update`, `log` and `complete`; it closes with 4003 for whoever may not see the build.""";

    private final InternalRest rest;
    private final Addresses addresses;
    private final PublicAddress publicAddress;
    private final OpenApiWebMvcResource own;
    private final JsonMapper json;

    /** All services are asked for it, so not for every reader: once, and soon again only while one of them is missing. */
    private final Cache<String, Merged> merged =
            Caches.builder().expireAfter(Expiry.creating(ApiDocumentController::lifetime)).build();

    private record Merged(ApiDocument document, List<String> missing) {}

    ApiDocumentController(
            InternalRest rest, Addresses addresses, PublicAddress publicAddress, OpenApiWebMvcResource own, JsonMapper json) {
        this.rest = rest;
        this.addresses = addresses;
        this.publicAddress = publicAddress;
        this.own = own;
        this.json = json;
    }

    @GetMapping(path = "/v3/api-docs", produces = MediaType.APPLICATION_JSON_VALUE)
    JsonNode document(HttpServletRequest request) {
        var whole = merged.get("all", unused -> merge(request));
        return whole.document().json(ABOUT + note(whole.missing()), publicAddress.of(request));
    }

    private static Duration lifetime(String all, Merged merged) {
        return merged.missing().isEmpty() ? Duration.ofMinutes(1) : Duration.ofSeconds(2);
    }

    private Merged merge(HttpServletRequest request) {
        var document = new ApiDocument();
        document.add("gateway", ownPart(request), Optional::of);
        document.add("gateway", InferencePaths.document(), Optional::of);
        var missing = new ArrayList<String>();
        for (var room : Room.values()) {
            var fetched = fetch(room);
            if (fetched == null) {
                missing.add(room.title());
            } else {
                document.add(room.name().toLowerCase(Locale.ROOT), fetched, path -> Routes.publicPath(room, path));
            }
        }
        return new Merged(document, missing);
    }

    private JsonNode ownPart(HttpServletRequest request) {
        try {
            return json.readTree(own.openapiJson(request, "/v3/api-docs/gateway", Locale.ROOT));
        } catch (IOException e) {
            throw new IllegalStateException("springdoc cannot write what it describes", e);
        }
    }

    private @Nullable JsonNode fetch(Room room) {
        try {
            return rest.forService(addresses.of(room), room.title()).get().uri("/v3/api-docs").retrieve().body(JsonNode.class);
        } catch (RestClientException e) {
            log.warn("{} does not show its API just now: {}", room.title(), e.getMessage());
            return null;
        }
    }

    private static String note(List<String> missing) {
        return missing.isEmpty() ? "" : "\n\n**Incomplete:** not reachable just now: " + String.join(", ", missing) + ".";
    }
}
