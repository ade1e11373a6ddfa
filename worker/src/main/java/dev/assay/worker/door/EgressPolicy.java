// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
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

    /** What belongs to machines, sites and providers rather than to the public, or is a disguise of such an address. */
    private static final List<NetMask> CLOSED = masks(List.of(
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"));

    /** All that is public of the newer kind: so whatever maps, embeds or translates an older address is closed with the rest. */
    private static final NetMask PUBLIC_IPV6 = new NetMask("2000::/3");

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
            throw new RefusedException("'" + host + "' is not a public address, and this worker's operator does not allow it to sandboxes");
        }
        return open;
    }

    private boolean isOpen(String name, InetAddress address) {
        if (allowedHosts.contains(name) || allowedRanges.stream().anyMatch(range -> range.matches(address))) {
            return true;
        }
        return isPublic(address) && !isThisMachine(address) && !isOurs(address);
    }

    private static boolean isPublic(InetAddress address) {
        return (address instanceof Inet4Address || PUBLIC_IPV6.matches(address))
                && CLOSED.stream().noneMatch(range -> range.matches(address));
    }

    /** Behind a public address of this machine is the same machine. */
    private static boolean isThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;
        }
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
