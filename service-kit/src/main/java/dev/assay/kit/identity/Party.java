// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

/**
 * Who this process is among the others.
 *
 * @param issuer whose keys it signs with; what the others believe of it follows from this name
 * @param name in which it speaks
 * @param audience what the others address it by
 */
public record Party(String issuer, String name, String audience) {

    /** One that is addressed by the name that it speaks in. */
    public Party(String issuer, String name) {
        this(issuer, name, name);
    }

    /** A service: all its replicas are one. */
    public static Party service(String name) {
        return new Party(name, name);
    }

    /** A worker. Its name begins with its issuer's, so that nobody with other keys can speak in it. */
    public static Party worker(String issuer, String name) {
        return new Party(issuer, issuer + "/" + name);
    }

    /** A trainer. Like a worker it speaks in a name of its own; but whoever wants an answer from a model may ask any of them. */
    public static Party trainer(String issuer, String name) {
        return new Party(issuer, issuer + "/" + name, "trainer");
    }
}
