// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import java.util.List;

/**
 * One page of a list.
 *
 * @param total how many there are in all, not on this page
 */
public record Listing<T>(List<T> items, long total, int limit, int offset) {

    public static <T> Listing<T> of(List<T> items, long total, Window window) {
        return new Listing<>(items, total, window.limit(), window.offset());
    }
}
