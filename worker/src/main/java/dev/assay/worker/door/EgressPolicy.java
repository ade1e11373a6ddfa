// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import dev.assay.kit.net.PublicAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.catalina.util.NetMask;

/**
 * Which of the outside's addresses a sandbox may reach. What counts is the address that a name stands for, and the one that was looked
 * at is the one that is connected to: a name that changes its meaning in between gains nothing.
 */
final class EgressPolicy {

    private final Names names;
    private final Set<String> ownHosts;
    private final Set<String> allowedHosts = new HashSet<>();
    private final List<NetMask> allowedRanges;

    /** Looks a name up. */
    interface Names {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** What is asked for is not allowed; the message is for whoever asked. */
    static final class RefusedException extends IOException {
        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * @param allowed hosts by name, and ranges of addresses, that are open though they would be closed
     * @param ownHosts where the platform's own services are
     */
    EgressPolicy(Names names, Collection<String> allowed, Set<String> ownHosts) {
        this.names = names;
        this.ownHosts = ownHosts;
        var ranges = allowed.stream().map(String::strip).filter(one -> one.contains("/")).toList();
        this.allowedRanges = masks(ranges);
        allowed.stream().map(String::strip).filter(one -> !one.contains("/")).map(EgressPolicy::plain).forEach(allowedHosts::add);
    }

    private static List<NetMask> masks(List<String> ranges) {
        return ranges.stream().map(NetMask::new).toList();
    }

    private static String plain(String host) {
        var name = host.toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** The addresses of the host that may be connected to; at least one. May take as long as a look-up takes. */
    List<InetSocketAddress> addresses(String host, int port) throws IOException {
        var name = plain(host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
        InetAddress[] found;
        try {
            found = names.resolve(name);
        } catch (UnknownHostException e) {
            throw new UnknownHostException("there is no host '" + host + "'");
        }
        var open = Arrays.stream(found)
                .filter(address -> isOpen(name, address))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
        if (open.isEmpty()) {
            throw new RefusedException("'" + host + "' is not a public address, and this worker's operator does not allow it");
        }
        return open;
    }

    private boolean isOpen(String name, InetAddress address) {
        if (allowedHosts.contains(name) || allowedRanges.stream().anyMatch(range -> range.matches(address))) {
            return true;
        }
        return PublicAddresses.isPublic(address) && !PublicAddresses.isThisMachine(address) && !isOurs(address);
    }

    private boolean isOurs(InetAddress address) {
        for (var host : ownHosts) {
            try {
                if (Arrays.asList(names.resolve(host)).contains(address)) {
                    return true;
                }
            } catch (UnknownHostException e) {
                // then it stands for no address either
            }
        }
        return false;
    }
}
