// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.web.util.HtmlUtils;

/** The pages that end a sign-in with the provider: they need no script, and no script of anybody's runs in them. */
final class OidcPage {

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>%s · Assay</title>%s
                <link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
                <link rel="stylesheet" href="/assets/style/ground.css">
                <link rel="stylesheet" href="/assets/style/shell.css">
                <link rel="stylesheet" href="/assets/style/parts.css">
                <link rel="stylesheet" href="/assets/style/pages.css">
            </head>
            <body>
                <main id="page">
                    <h1>%s</h1>
                    <p>%s</p>
                    <p><a href="%s">%s</a></p>
                </main>
            </body>
            </html>
            """;

    private OidcPage() {}

    /**
     * A page that goes on by itself. A redirect would not do: the browser came from the provider's site, and sends a Strict cookie only
     * once a page of ours has sent it on.
     */
    static void goOn(HttpServletResponse response, String to) throws IOException {
        var refresh = "\n    <meta http-equiv=\"refresh\" content=\"0;url=" + HtmlUtils.htmlEscape(to) + "\">";
        write(response, HttpStatus.OK, PAGE.formatted("Signed in", refresh, "Signed in", "One moment.", HtmlUtils.htmlEscape(to), "Go on"));
    }

    static void refuse(HttpServletResponse response, HttpStatus status, String why) throws IOException {
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", "10");
        }
        write(response, status, PAGE.formatted("Not signed in", "", "Not signed in", HtmlUtils.htmlEscape(why), "/", "Back to the start"));
    }

    private static void write(HttpServletResponse response, HttpStatus status, String page) throws IOException {
        response.setStatus(status.value());
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("text/html;charset=UTF-8");
        var bytes = page.getBytes(StandardCharsets.UTF_8);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
