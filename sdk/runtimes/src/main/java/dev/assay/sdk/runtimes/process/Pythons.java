// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The Pythons of this machine, looked for when the first is needed: asking each candidate takes its time. */
final class Pythons implements Supplier<List<PythonInterpreter>> {

    private final Map<String, String> environment;
    private @Nullable List<PythonInterpreter> found;

    Pythons(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public synchronized List<PythonInterpreter> get() {
        var known = found;
        if (known == null) {
            known = FindPython.on(environment);
            found = known;
        }
        return known;
    }
}
