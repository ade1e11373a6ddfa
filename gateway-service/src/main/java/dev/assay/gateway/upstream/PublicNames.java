// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.kit.net.PublicAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Finds the addresses of teams' upstreams, and only those that are the public's. What was looked at here is what is connected to: a name
 * that changes its meaning in between gains nothing.
 */
final class PublicNames implements DnsResolver {

    private final OwnAddresses own;
    private final boolean anywhere;

    /**
     * @param own where no team's calls go
     * @param anywhere whether the operator lets teams name every address that this gateway reaches, those among them
     */
    PublicNames(OwnAddresses own, boolean anywhere) {
        this.own = own;
        this.anywhere = anywhere;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        if (!anywhere && own.isOurs(host)) {
            throw new UnknownHostException("'" + host + "' is this platform itself");
        }
        var found = Arrays.stream(SystemDefaultDnsResolver.INSTANCE.resolve(host)).filter(this::isOpen).toArray(InetAddress[]::new);
        if (found.length == 0) {
            throw new UnknownHostException("'" + host + "' is no public address");
        }
        return found;
    }

    private boolean isOpen(InetAddress address) {
        return anywhere || PublicAddresses.isPublic(address) && !PublicAddresses.isThisMachine(address) && !own.isOurs(address);
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return resolve(host)[0].getCanonicalHostName();
    }
}
