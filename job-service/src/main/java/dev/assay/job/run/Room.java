// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

/**
 * What a worker's machine has left.
 *
 * @param mostCpus that it has at all: a run that asks for more gets these, which the worker says in its log
 */
record Room(double cpus, double mostCpus, long memoryMb, int gpus) {

    /** Of a worker that does not tell. */
    static final Room ANY = new Room(Double.MAX_VALUE, Double.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE);

    boolean holds(Needs needs) {
        return counted(needs) <= cpus && needs.memoryMb() <= memoryMb && needs.gpus() <= gpus;
    }

    Room without(Needs needs) {
        return new Room(cpus - counted(needs), mostCpus, memoryMb - needs.memoryMb(), gpus - needs.gpus());
    }

    /** Without what is kept for somebody else: where that is more than there is, nothing is left. */
    Room keeping(Needs needs) {
        var rest = without(needs);
        return new Room(Math.max(0, rest.cpus), mostCpus, Math.max(0, rest.memoryMb), Math.max(0, rest.gpus));
    }

    /** Which part of what is asked for is not there yet; 0: all is. More than 1 where what is held is more than there is by now. */
    double missing(Needs needs) {
        return Math.max(share(counted(needs), cpus), Math.max(share(needs.memoryMb(), memoryMb), share(needs.gpus(), gpus)));
    }

    private static double share(double asked, double left) {
        return asked > left ? (asked - left) / asked : 0;
    }

    private double counted(Needs needs) {
        return Math.min(needs.cpus(), mostCpus);
    }
}
