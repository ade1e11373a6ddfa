// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Processor time as Linux counts it, in seconds since the process or the machine began. */
final class Processors {

    private static final double TICKS = 100;

    private Processors() {}

    /** Of a process and all that came from it. 0 if it has ended. */
    static double ofTree(long pid) {
        return ofOne(pid)
                + ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).mapToDouble(child -> ofOne(child.pid())).sum();
    }

    /** With its children that have ended. */
    static double ofOne(long pid) {
        return of(pid, 4);
    }

    /** Without children. */
    static double ofItself(long pid) {
        return of(pid, 2);
    }

    private static double of(long pid, int fieldsOfTime) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Arrays.stream(fields, 11, 11 + fieldsOfTime).mapToLong(Long::parseLong).sum() / TICKS;
        } catch (IOException ended) {
            return 0;
        }
    }

    /** Of the whole machine, with what a hypervisor gave to others. */
    static double ofMachine() throws IOException {
        // user, nice, system, idle, iowait, irq, softirq, steal
        var machine = Files.readAllLines(Path.of("/proc/stat")).getFirst().strip().split(" +");
        return (Long.parseLong(machine[1]) + Long.parseLong(machine[2]) + Long.parseLong(machine[3]) + Long.parseLong(machine[6])
                + Long.parseLong(machine[7]) + Long.parseLong(machine[8])) / TICKS;
    }
}
