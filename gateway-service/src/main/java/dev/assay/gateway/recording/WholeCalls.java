// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.recording;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.kit.cache.Caches;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** What recorded and replayed calls asked and were told, without secrets, until their spans are written. */
@Component
public class WholeCalls {

    /** More than this no span carries: it says where the rest is. */
    private static final int LARGEST = 1 << 20;

    private static final long MOST = 64L << 20;

    private record Whole(String recording, String mode, RecordedCall call) {}

    private final Cache<UUID, Whole> calls = Caches.builder()
            .maximumWeight(MOST)
            .weigher((UUID id, Whole whole) -> (int) Math.min(Integer.MAX_VALUE, 500 + whole.call().bytes()))
            .expireAfterWrite(Duration.ofMinutes(5))
            .build();

    void keep(UUID id, Wanted wanted, RecordedCall call) {
        calls.put(id, new Whole(wanted.name(), wanted.mode().word(), call));
    }

    /**
     * What a call's span says beside what each says: {@code recording} with {@code name}, {@code mode} and {@code key}, and, unless they
     * are too large, {@code request} (JSON) and {@code answer} (a stream's events, or a body) as texts. Empty: it was not recorded, or so
     * long ago that only the recording has it.
     */
    public Map<String, Object> of(UUID call) {
        var whole = calls.getIfPresent(call);
        if (whole == null) {
            return Map.of();
        }
        var told = new LinkedHashMap<String, Object>();
        told.put("recording", Map.of("name", whole.recording(), "mode", whole.mode(), "key", whole.call().key()));
        if (whole.call().bytes() <= LARGEST) {
            told.put("request", new String(whole.call().request(), StandardCharsets.UTF_8));
            told.put("answer", new String(whole.call().answer(), StandardCharsets.UTF_8));
        }
        return told;
    }
}
