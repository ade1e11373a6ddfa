// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.routing.Addresses;
import dev.assay.gateway.routing.Room;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Where this platform itself is reached: the gateway by the public, its services from inside. No team sends its calls there. */
@Component
class OwnAddresses {

    private final List<String> services;
    private final @Nullable String gateway;

    OwnAddresses(Addresses addresses, @Value("${assay.trainer-url}") String trainerUrl, @Value("${assay.public-url}") String publicUrl) {
        this.services = Stream.concat(Stream.of(Room.values()).map(addresses::of), Stream.of(trainerUrl))
                .map(OwnAddresses::host)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        this.gateway = host(publicUrl);
    }

    /** By the name that stands in an address. */
    boolean isOurs(String host) {
        var plain = plain(host);
        return plain.equals(gateway) || services.contains(plain);
    }

    /** By what a name stands for. Of the gateway only its name counts: what stands before it may stand before providers as well. */
    boolean isOurs(InetAddress address) {
        return services.stream().anyMatch(service -> stands(service, address));
    }

    private static boolean stands(String host, InetAddress address) {
        try {
            return Arrays.asList(InetAddress.getAllByName(host)).contains(address);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static @Nullable String host(String url) {
        var host = URI.create(url).getHost();
        return host == null ? null : plain(host);
    }

    private static String plain(String host) {
        var lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
