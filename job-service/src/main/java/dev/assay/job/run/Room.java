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

    private double counted(Needs needs) {
        return Math.min(needs.cpus(), mostCpus);
    }
}
