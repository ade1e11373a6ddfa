// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** In which form a policy is told what is seen. What it wants done needs no form of its own. */
enum Adapter {

    /** As OpenPI's own policies have it: the environment's names as they are, and the {@code prompt} beside them. */
    OPENPI {
        @Override
        Map<String, @Nullable Object> request(Observation seen, String prompt, Contract contract, List<String> imageKeys) {
            var request = new LinkedHashMap<>(seen.data());
            request.putIfAbsent("prompt", prompt);
            return request;
        }
    },

    /**
     * As LeRobot's policies have it: {@code observation.state}, {@code task}, and pictures by the policy's own names, in order, colour by
     * colour and from 0 to 1.
     */
    LEROBOT {
        @Override
        Map<String, @Nullable Object> request(Observation seen, String prompt, Contract contract, List<String> imageKeys)
                throws IOException {
            var state = contract.state().orElseThrow(() -> new IOException("of no state in its contract"));
            var request = new LinkedHashMap<String, @Nullable Object>();
            request.put("observation.state", NdArray.floats(Numbers.all(array(seen, state)), array(seen, state).shape()));
            request.put("task", prompt);
            var cameras = contract.cameras();
            long points = 0;
            for (int i = 0; i < Math.min(imageKeys.size(), cameras.size()); i++) {
                var picture = array(seen, cameras.get(i));
                points += picture.size();
                Policy.checkRoomFor(points);
                request.put(imageKeys.get(i), byColour(cameras.get(i), picture));
            }
            return request;
        }
    },

    /** The observation as it came, with its {@code data} below a name of its own. */
    NONE {
        @Override
        Map<String, @Nullable Object> request(Observation seen, String prompt, Contract contract, List<String> imageKeys) {
            return seen.whole();
        }
    };

    /**
     * @param imageKeys what the policy calls its pictures
     * @throws IOException if what was seen does not fit
     */
    abstract Map<String, @Nullable Object> request(Observation seen, String prompt, Contract contract, List<String> imageKeys)
            throws IOException;

    static Adapter named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static NdArray array(Observation seen, String name) throws IOException {
        if (seen.data().get(name) instanceof NdArray array) {
            return array;
        }
        throw new IOException("no array '" + name + "'");
    }

    private static NdArray byColour(String name, NdArray picture) throws IOException {
        if (picture.rank() != 3) {
            throw new IOException("what is no picture of its camera '" + name + "'");
        }
        int height = picture.shape()[0];
        int width = picture.shape()[1];
        int colours = picture.shape()[2];
        var values = new double[picture.size()];
        for (int place = 0; place < values.length; place++) {
            values[place % colours * height * width + place / colours] = (float) picture.at(place) / 255f;
        }
        return NdArray.floats(values, colours, height, width);
    }
}
