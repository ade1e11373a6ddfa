// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Under which address clients reach this gateway: as configured, else as the request itself says. */
@Component
public class PublicAddress {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]+");
    private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]+)+");
    private static final String[] HOST_HEADERS = {"X-Forwarded-Host", "Host"};

    private final String configured;

    PublicAddress(@Value("${assay.public-url}") String configured) {
        this.configured = configured.endsWith("/") ? configured.substring(0, configured.length() - 1) : configured;
    }

    /** The base URL, without a slash at its end. */
    public String of(HttpServletRequest request) {
        return configured.isEmpty() ? asAsked(request) : configured;
    }

    /** Every base URL under which this client may know the gateway: the configured one, and the one that it used. */
    public List<String> all(HttpServletRequest request) {
        return Stream.of(of(request), asAsked(request)).distinct().toList();
    }

    private static String asAsked(HttpServletRequest request) {
        return proto(request) + "://" + host(request) + prefix(request);
    }

    /** The X-Forwarded headers that tell a service the public address. */
    void describe(HttpServletRequest request, BiConsumer<String, String> to) {
        var address = URI.create(of(request));
        var port = address.getPort() >= 0 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
        to.accept("X-Forwarded-Proto", address.getScheme());
        to.accept("X-Forwarded-Host", address.getAuthority());
        to.accept("X-Forwarded-Port", String.valueOf(port));
        if (address.getPath() != null && !address.getPath().isEmpty()) {
            to.accept("X-Forwarded-Prefix", address.getPath());
        }
        var before = request.getHeader("X-Forwarded-For");
        to.accept("X-Forwarded-For", before == null ? request.getRemoteAddr() : before + ", " + request.getRemoteAddr());
    }

    private static String proto(HttpServletRequest request) {
        var said = request.getHeader("X-Forwarded-Proto");
        return "http".equals(said) || "https".equals(said) ? said : request.getScheme();
    }

    private static String host(HttpServletRequest request) {
        for (var name : HOST_HEADERS) {
            var said = request.getHeader(name);
            if (said != null && HOST.matcher(said).matches()) {
                return said;
            }
        }
        return request.getServerName() + ":" + request.getServerPort();
    }

    private static String prefix(HttpServletRequest request) {
        var said = request.getHeader("X-Forwarded-Prefix");
        return said != null && PREFIX.matcher(said).matches() ? said : "";
    }
}
