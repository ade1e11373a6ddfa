// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.spare;

/**
 * What sandboxes find in place of a variable's value that a single run has, where they were started before there was a run. Whoever keeps
 * the sandboxes' door takes one for the other: nobody can put another value into a process that has begun.
 */
public interface Placeholders {

    /** One that opens nothing yet, and that nobody can guess. */
    String fresh();

    /**
     * From now on it opens what that value does.
     *
     * @return whether it does; false: it was shown at the door before, or there is no such one
     */
    boolean fill(String placeholder, String value);

    /** It opens nothing any more. */
    void drop(String placeholder);
}
