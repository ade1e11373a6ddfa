// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import java.util.List;

final class Lengths {

    private Lengths() {}

    /** In what two lists of lengths differ, in words. */
    static String difference(List<Integer> wanted, List<Integer> given) {
        if (wanted.size() != given.size()) {
            return "must be of " + wanted.size() + " datums, as the forward's are, not of " + given.size();
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!wanted.get(i).equals(given.get(i))) {
                return "must be " + wanted.get(i) + " for datum " + i + ", as the forward's are, not " + given.get(i);
            }
        }
        return "must be as the forward's";
    }
}
