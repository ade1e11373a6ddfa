// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cdp;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.agents.http.RoutedHttp;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Finds the page of a browser that its capability means, by its own list of pages where it must. */
final class Page {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LONGEST_LIST = 1 << 20;

    private Page() {}

    /** The address of the page's web socket; which host it names is of no account. */
    static HttpUrl url(Capability capability, CapabilityRoute route) throws CdpException, InterruptedException {
        var declared = http(capability.url());
        if (declared.encodedPath().contains("/devtools/")) {
            return declared;
        }
        var target = capability.params().path("target_id").asString("");
        if (!target.isEmpty()) {
            return declared.newBuilder().encodedPath("/devtools/page/").addPathSegment(target).build();
        }
        var list = declared.newBuilder().encodedPath("/json").build();
        for (var page : json(capability, route, new Request.Builder().url(list))) {
            var url = page.path("webSocketDebuggerUrl").asString("");
            if (page.path("type").asString("").equals("page") && !url.isEmpty()) {
                return http(url);
            }
        }
        var opened = declared.newBuilder().encodedPath("/json/new").encodedQuery("about:blank").build();
        var page = json(capability, route, new Request.Builder().url(opened).put(RequestBody.create(new byte[0], null)));
        return http(page.path("webSocketDebuggerUrl").asString(""));
    }

    private static HttpUrl http(String url) throws CdpException {
        var read = HttpUrl.parse(url.replaceFirst("^ws", "http"));
        if (read == null) {
            throw new CdpException("'" + url + "' is no address of a browser");
        }
        return RoutedHttp.local(read);
    }

    private static JsonNode json(Capability capability, CapabilityRoute route, Request.Builder request)
            throws CdpException, InterruptedException {
        var call = RoutedHttp.client(capability, route).newCall(request.build());
        call.timeout().timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        try (var response = call.execute()) {
            var source = response.body().source();
            if (!response.isSuccessful() || source.request(LONGEST_LIST + 1L)) {
                throw new CdpException("the browser does not list its pages: it answers " + response.code());
            }
            return Json.MAPPER.readTree(source.readByteArray());
        } catch (CdpException e) {
            throw e;
        } catch (JacksonException e) {
            throw new CdpException("the browser's list of pages is no JSON", e);
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw new CdpException("the browser cannot be reached: " + e, e);
        }
    }
}
