// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.apache.catalina.util.NetMask;

/** Which addresses whoever is not the operator may have the platform connect to. */
public final class PublicAddresses {

    /** What belongs to machines, sites and providers rather than to the public, or is a disguise of such an address. */
    private static final List<NetMask> CLOSED = List.of(
                    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
                    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
                    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
            .stream()
            .map(NetMask::new)
            .toList();

    /** All that is public of the newer kind: so whatever maps, embeds or translates an older address is closed with the rest. */
    private static final NetMask PUBLIC_IPV6 = new NetMask("2000::/3");

    private PublicAddresses() {}

    public static boolean isPublic(InetAddress address) {
        return (address instanceof Inet4Address || PUBLIC_IPV6.matches(address))
                && CLOSED.stream().noneMatch(range -> range.matches(address));
    }

    /** Behind a public address of this machine is the same machine. */
    public static boolean isThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return true;
        }
    }
}
