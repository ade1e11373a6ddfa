// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.run;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.RunId;
import dev.assay.contracts.event.SpansReceived;
import dev.assay.kit.cache.Caches;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Under which day a run's spans are stored: fixed by whoever speaks of the run first, and remembered, for it never changes. */
@Component
public class RunDays {

    private static final int REMEMBERED = 50_000;

    private final TracedRuns runs;
    private final Cache<RunId, LocalDate> known = Caches.builder().maximumSize(REMEMBERED).build();

    RunDays(TracedRuns runs) {
        this.runs = runs;
    }

    /** The day of each of these uploads' runs. */
    public Map<RunId, LocalDate> of(List<SpansReceived> uploads) {
        var days = new HashMap<RunId, LocalDate>();
        var unknown = new LinkedHashMap<RunId, SpansReceived>();
        for (var upload : uploads) {
            var day = known.getIfPresent(upload.run());
            if (day == null) {
                unknown.putIfAbsent(upload.run(), upload);
            } else {
                days.put(upload.run(), day);
            }
        }
        if (!unknown.isEmpty()) {
            var found = runs.days(unknown.values());
            known.putAll(found);
            days.putAll(found);
        }
        return days;
    }
}
