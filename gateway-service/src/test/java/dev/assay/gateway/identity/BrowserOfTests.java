// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.testsupport.OidcStandIn;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Follows redirects and keeps cookies as a browser does, but for what browsers know of sites. */
final class BrowserOfTests {

    private final String gateway;
    final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).version(HttpClient.Version.HTTP_1_1).build();

    BrowserOfTests(int port) {
        this.gateway = "http://127.0.0.1:" + port;
    }

    /** A page, and where it stands. */
    record Page(URI at, HttpResponse<String> answer) {

        int status() {
            return answer.statusCode();
        }

        String text() {
            return answer.body();
        }

        String header(String name) {
            return answer.headers().firstValue(name).orElse("");
        }
    }

    /** Goes to the provider, logs in there and comes back. */
    Page signIn(String person) {
        return open(comesBack(person, "/"));
    }

    /** The address that the provider sends the browser back to, which has not been opened yet. */
    URI comesBack(String person, String to) {
        var login = follow(URI.create(gateway + "/v2/auth/oidc?to=" + URLEncoder.encode(to, StandardCharsets.UTF_8)), at -> false);
        if (login.status() != 200 || !login.at().getPath().equals("/login")) {
            throw new AssertionError(login.at() + ": " + login.status() + " " + login.text());
        }
        var token = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(login.text()).results().findFirst().orElseThrow().group(1);
        var form = "_csrf=" + token + "&username=" + person + "&password=" + URLEncoder.encode(OidcStandIn.PASSWORD, StandardCharsets.UTF_8);
        var sent = ask(page(login.at().resolve("/login")).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
        var back = follow(target(login.at(), sent).orElseThrow(() -> new AssertionError(sent.statusCode() + " " + sent.headers().map() + sent.body())), at -> at.getPath().endsWith("/callback"));
        if (!back.at().getPath().endsWith("/callback")) {
            throw new AssertionError(back.at() + ": " + back.status() + " " + back.text());
        }
        return back.at();
    }

    /** The same for whom the provider still knows: it asks nothing. */
    URI comesBackAgain() {
        return follow(URI.create(gateway + "/v2/auth/oidc"), at -> at.getPath().endsWith("/callback")).at();
    }

    Page open(URI address) {
        return new Page(address, ask(page(address)));
    }

    Page open(String path) {
        return open(URI.create(gateway + path));
    }

    /** As a page of the console asks. */
    HttpResponse<String> send(String method, String path, String body) {
        return ask(HttpRequest.newBuilder(URI.create(gateway + path)).header("X-Requested-With", "tests").header("Accept", "application/json").header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    Optional<String> cookie(String name) {
        return cookies.getCookieStore().getCookies().stream().filter(one -> one.getName().equals(name)).map(one -> one.getValue()).findFirst();
    }

    private Page follow(URI address, Predicate<URI> until) {
        var page = new Page(address, ask(page(address)));
        for (var hop = 0; hop < 10; hop++) {
            var next = target(page.at(), page.answer());
            if (next.isEmpty()) {
                return page;
            }
            if (until.test(next.get())) {
                return new Page(next.get(), page.answer());
            }
            page = new Page(next.get(), ask(page(next.get())));
        }
        throw new AssertionError("led in circles: " + page.at());
    }

    private static HttpRequest.Builder page(URI address) {
        return HttpRequest.newBuilder(address).header("Accept", "text/html");
    }

    private static Optional<URI> target(URI from, HttpResponse<String> answer) {
        return answer.headers().firstValue("location").filter(location -> answer.statusCode() / 100 == 3).map(from::resolve);
    }

    private HttpResponse<String> ask(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
