// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.web.util.matcher.IpAddressMatcher;
import org.springframework.stereotype.Component;

/** Under which address clients reach this gateway: as configured, else as a trusted proxy or the request itself says. */
@Component
public class PublicAddress {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]+");
    private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

    private final String configured;
    private final List<IpAddressMatcher> proxies;

    PublicAddress(@Value("${assay.public-url}") String configured, @Value("${assay.trusted-proxies}") List<String> proxies) {
        this.configured = configured.endsWith("/") ? configured.substring(0, configured.length() - 1) : configured;
        this.proxies = proxies.stream().map(String::strip).filter(proxy -> !proxy.isEmpty()).map(IpAddressMatcher::new).toList();
    }

    /** The base URL, without a slash at its end. */
    public String of(HttpServletRequest request) {
        return configured.isEmpty() ? asAsked(request) : configured;
    }

    /** Every base URL under which this client may know the gateway: the configured one, and the one that it used. */
    public List<String> all(HttpServletRequest request) {
        return Stream.of(of(request), asAsked(request)).distinct().toList();
    }

    private String asAsked(HttpServletRequest request) {
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
        var before = forwarded(request, "X-Forwarded-For");
        to.accept("X-Forwarded-For", before == null ? request.getRemoteAddr() : before + ", " + request.getRemoteAddr());
    }

    /**
     * The address that a request comes from: of whoever connected, or as told by proxies that are trusted to, each of which adds from whom
     * it had the request.
     */
    public String ofClient(HttpServletRequest request) {
        return ofClient(request.getRemoteAddr(), Collections.list(request.getHeaders("X-Forwarded-For")));
    }

    /**
     * The same.
     *
     * @param sender who connected
     * @param told the headers {@code X-Forwarded-For}
     */
    public String ofClient(String sender, List<String> told) {
        var client = sender;
        var before = told.stream().flatMap(header -> Arrays.stream(header.split(","))).map(String::strip).toList().reversed();
        for (var address : before) {
            if (!isProxy(client) || !isAddress(address)) {
                return client;
            }
            client = address;
        }
        return client;
    }

    private boolean isProxy(String address) {
        return proxies.stream().anyMatch(proxy -> proxy.matches(address));
    }

    private static boolean isAddress(String text) {
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private String proto(HttpServletRequest request) {
        var said = forwarded(request, "X-Forwarded-Proto");
        return "http".equals(said) || "https".equals(said) ? said : request.getScheme();
    }

    private String host(HttpServletRequest request) {
        var said = forwarded(request, "X-Forwarded-Host");
        if (said == null || !HOST.matcher(said).matches()) {
            said = request.getHeader("Host");
        }
        return said != null && HOST.matcher(said).matches() ? said : request.getServerName() + ":" + request.getServerPort();
    }

    private String prefix(HttpServletRequest request) {
        var said = forwarded(request, "X-Forwarded-Prefix");
        return said != null && PREFIX.matcher(said).matches() ? said : "";
    }

    /** What a proxy says that is trusted to say it; anybody else could tell services any address. */
    private @Nullable String forwarded(HttpServletRequest request, String name) {
        var said = request.getHeader(name);
        return said != null && isProxy(request.getRemoteAddr()) ? said : null;
    }
}
