// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

/** Turns one answer of an upstream's dialect into the client's. One thread, one answer. */
public interface AnswerTranslation {

    /**
     * @param name of the upstream's {@code event:} line; empty if it has none
     * @param bytes hold its data, lines joined
     * @return whole events of the client's dialect, with their empty lines; often none
     */
    byte[] event(String name, byte[] bytes, int from, int to);

    /** What the client's stream still lacks when the upstream's has ended as it should. */
    byte[] end();

    /** A whole answer, as the body of the client's dialect. */
    byte[] whole(byte[] bytes, int from, int to);
}
