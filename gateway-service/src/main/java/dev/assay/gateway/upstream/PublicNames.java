// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.kit.net.PublicAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.function.Predicate;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Finds the addresses of teams' upstreams, and only those that are the public's. What was looked at here is what is connected to: a name
 * that changes its meaning in between gains nothing.
 */
final class PublicNames implements DnsResolver {

    private final Predicate<InetAddress> open;

    /** @param anywhere whether the operator lets teams name addresses of the platform's own network */
    PublicNames(boolean anywhere) {
        this.open = anywhere ? address -> true : address -> PublicAddresses.isPublic(address) && !PublicAddresses.isThisMachine(address);
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        var found = Arrays.stream(SystemDefaultDnsResolver.INSTANCE.resolve(host)).filter(open).toArray(InetAddress[]::new);
        if (found.length == 0) {
            throw new UnknownHostException("'" + host + "' is no public address");
        }
        return found;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return resolve(host)[0].getCanonicalHostName();
    }
}
