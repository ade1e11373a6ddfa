// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

/**
 * Tokens of a call, whatever its dialect calls them.
 *
 * @param input all that went in, cached ones included
 * @param cached of the input: read from the provider's cache
 * @param cacheWrite of the input: written to its cache for minutes
 * @param cacheWriteLong of the input: written to its cache for an hour
 * @param output all that came out, reasoning included
 * @param reasoning of the output: reasoning
 * @param images of the input: images
 * @param estimated whether nobody told and these are a guess
 */
public record Usage(
        long input, long cached, long cacheWrite, long cacheWriteLong, long output, long reasoning, long images, boolean estimated) {

    public static final Usage NONE = new Usage(0, 0, 0, 0, 0, 0, 0, false);

    public Usage plus(Usage other) {
        return new Usage(
                input + other.input,
                cached + other.cached,
                cacheWrite + other.cacheWrite,
                cacheWriteLong + other.cacheWriteLong,
                output + other.output,
                reasoning + other.reasoning,
                images + other.images,
                estimated || other.estimated);
    }
}
