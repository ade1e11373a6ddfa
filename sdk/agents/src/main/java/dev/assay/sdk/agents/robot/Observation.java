// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a robot's environment tells of one tick.
 *
 * @param data by the names of the contract: arrays and numbers
 * @param whole the same with what stands beside the data: the message without its {@code terminated}, {@code reward}, {@code meta}
 * @param terminated whether the episode is over: nothing that is sent from now on is done
 * @param reward of the last action; null where the environment tells none
 */
record Observation(Map<String, @Nullable Object> data, Map<String, @Nullable Object> whole, boolean terminated, @Nullable Double reward) {

    /** @throws IOException if that is no observation */
    static Observation of(@Nullable Object message) throws IOException {
        if (!(message instanceof Map<?, ?> members)) {
            throw new IOException("an observation that is no map");
        }
        var data = new LinkedHashMap<String, @Nullable Object>();
        members.forEach((name, value) -> data.put((String) name, value));
        var terminated = data.containsKey("terminated") ? data.remove("terminated") : false;
        var meta = data.remove("meta");
        var reward = data.remove("reward");
        var whole = new LinkedHashMap<String, @Nullable Object>();
        whole.put("data", data);
        whole.put("terminated", terminated);
        if (reward != null) {
            whole.put("reward", reward);
        }
        if (meta != null) {
            whole.put("meta", meta);
        }
        return new Observation(data, whole, first(terminated) != 0, reward == null ? null : Numbers.number(reward));
    }

    private static double first(@Nullable Object terminated) throws IOException {
        if (terminated instanceof NdArray array && array.size() > 0) {
            return array.at(0);
        }
        var rows = Numbers.rows(terminated);
        if (rows.length == 0 || rows[0].length == 0) {
            throw new IOException("an observation whose 'terminated' is empty");
        }
        return rows[0][0];
    }
}
