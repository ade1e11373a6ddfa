// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.context;

/**
 * How large a context may be.
 *
 * @param bytes of all that it unpacks to, a hard link counted as the file that it repeats; and of the archive once decompressed
 * @param entries files, folders and links
 * @param nameBytes of one path
 * @param depth folders within folders
 */
public record ContextLimits(long bytes, int entries, int nameBytes, int depth) {

    public static final ContextLimits DEFAULTS = new ContextLimits(4L << 30, 100_000, 1024, 64);

    public ContextLimits withBytes(long value) {
        return new ContextLimits(value, entries, nameBytes, depth);
    }

    public ContextLimits withEntries(int value) {
        return new ContextLimits(bytes, value, nameBytes, depth);
    }
}
