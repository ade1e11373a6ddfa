// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/**
 * The published client that runs environments by itself, and is killed while four of them are open: what it leaves is told by
 * {@code benchmarks/kills}, and not ours to assert, so this is none of the tests that are run without being named.
 */
class KilledClient {

    private static final int ENVIRONMENTS = 4;

    @Test
    void whatItLeaves() {
        var platform = Platform.shared();
        System.out.println(again(platform, platform.keyOf("killed-client"), 5));
    }

    private static String again(Platform platform, String key, int times) {
        var folders = new ArrayList<Path>();
        for (int kill = 0; kill < times; kill++) {
            var hud = new Hud().source("counter").against(platform.url(), key);
            hud.set("TMPDIR", hud.home.toString());
            folders.add(hud.folder.getParent());
            try (var client = hud.start("eval", "tasks.py", "openai_compatible", "--model", "scripted/patient", "--all",
                    "--group", String.valueOf(ENVIRONMENTS), "-y")) {
                await().atMost(Duration.ofMinutes(5)).until(() -> Leftovers.below(hud.home, 1, Path::isAbsolute).stream()
                        .filter(path -> path.getFileName().toString().startsWith("counter-")).count() == ENVIRONMENTS);
                client.signal("KILL");
                await().atMost(Duration.ofMinutes(1)).until(() -> !client.handle().isAlive());
            }
        }
        await().pollDelay(Duration.ofMinutes(1)).atMost(Duration.ofMinutes(2)).until(() -> true);
        var left = folders.stream().flatMap(folder -> Leftovers.processesOf(folder).stream()).toList();
        left.forEach(line -> ProcessHandle.of(Long.parseLong(line.split(" ")[0])).ifPresent(ProcessHandle::destroyForcibly));
        var temporary = folders.stream().flatMap(folder -> Leftovers.below(folder.resolve("home"), 1, Path::isAbsolute).stream()).toList();
        return "%d kills of the client, each with %d environments of its own:%n| processes | %d |%n| temporary files | %d |%n".formatted(
                times, ENVIRONMENTS, left.size(), temporary.size());
    }
}
