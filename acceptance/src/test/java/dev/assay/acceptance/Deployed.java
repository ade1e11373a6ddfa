// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Environments and tasksets that several tests use, deployed once per run of the tests, under one team. */
final class Deployed {

    static final String KEY = Platform.shared().keyOf("shared");

    private static final Map<String, Hud> DONE = new ConcurrentHashMap<>();

    private Deployed() {}

    /** F1, as environment `letter-count` with taskset `letters`. */
    static Hud letters() {
        return DONE.computeIfAbsent("letters", Deployed::deploy);
    }

    /** F2, as environment and taskset `counter`. */
    static Hud counter() {
        return DONE.computeIfAbsent("counter", Deployed::deploy);
    }

    /** F7, as environment and taskset `faults`. */
    static Hud faults() {
        return DONE.computeIfAbsent("faults", Deployed::deploy);
    }

    /** An environment that writes into its own source folder. */
    static Hud keeper() {
        return DONE.computeIfAbsent("keeper", Deployed::deploy);
    }

    /** An environment that tries what it can reach. */
    static Hud prober() {
        return DONE.computeIfAbsent("prober", Deployed::deployWithoutTasks);
    }

    /** A workspace with a network of its own, as environment `inside`. */
    static Hud inside() {
        return DONE.computeIfAbsent("inside", Deployed::deployWithoutTasks);
    }

    /** F2n, as environment and taskset `terminal`. */
    static Hud terminal() {
        return DONE.computeIfAbsent("terminal", Deployed::deploy);
    }

    /** F3, as environment and taskset `coding`. */
    static Hud coding() {
        return DONE.computeIfAbsent("coding", Deployed::deploy);
    }

    /** A user of the shared team, in an empty folder. */
    static Hud user() {
        return new Hud().against(Platform.shared().url(), KEY);
    }

    private static Hud deployWithoutTasks(String source) {
        var hud = user().source(source);
        hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        return hud;
    }

    private static Hud deploy(String source) {
        var hud = deployWithoutTasks(source);
        hud.run("sync", "tasks", source, "--yes").exitsWith(0);
        return hud;
    }
}
