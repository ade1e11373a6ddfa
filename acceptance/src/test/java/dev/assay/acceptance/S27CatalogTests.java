// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class S27CatalogTests {

    private static final int MANY = 250;

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s27");
    private final Api api = platform.api(key);

    @Test
    void twoHundredAndFiftyModelsComeInPagesOfStableOrder() {
        for (var number = 0; number < MANY; number++) {
            api.post("/v2/models", model("team/model-%03d".formatted(number))).expect(200, 201);
        }

        var base = api.get("/v2/models/resolve?model=toy/base").expect(200).body().get("id").stringValue();
        api.post("/v2/models/fork", Map.of("source_model_id", base, "name", "team/fork")).expect(201);

        var names = new ArrayList<String>();
        int total;
        do {
            var page = api.get("/v2/models?limit=100&offset=" + names.size()).expect(200).body();
            total = page.get("total").intValue();
            assertThat(page.get("items").size()).isBetween(1, 100);
            page.get("items").forEach(model -> names.add(model.get("model_name").stringValue()));
        } while (names.size() < total);
        assertThat(names).hasSize(total).doesNotHaveDuplicates();
        assertThat(names.subList(0, MANY + 1)).as("the team's own first").allMatch(name -> name.startsWith("team/")).contains("team/fork");
        assertThat(api.get("/v2/models").expect(200).body().get("items")).hasSize(total);

        var hud = new Hud().against(platform.url(), key);
        hud.run("models", "list").exitsWith(0).says("Name", "Provider", "Trainable", "team/model-249", platform.url() + "/inference");
        assertThat(hud.run("models", "list", "--json").exitsWith(0).json()).hasSize(total);
        assertThat(hud.run("models", "list", "-q").exitsWith(0).stdout().lines()).hasSize(total);
    }

    @Test
    void whatAProvidersKeyReachesIsThereByItself() {
        var models = Platform.withModels();

        var listed = new Hud().against(models.url(), models.keyOf("s27")).run("models", "list", "--json").exitsWith(0).json();

        var found = listed.valueStream().filter(model -> StandIn.OFFERED.contains(model.get("model_name").stringValue()));
        assertThat(found.map(model -> model.at("/provider/name").stringValue() + " " + model.get("sdk_agent_type").stringValue()))
                .containsExactlyInAnyOrder("openai openai", "anthropic claude", "gemini gemini");
    }

    @Test
    void aRowThatWouldBreakEveryClientIsRefused() {
        var nameless = model("x");
        nameless.put("model_name", null);
        assertThat(api.post("/v2/models", nameless).expect(400, 422).detail()).contains("model_name");
        var homeless = model("y");
        homeless.put("provider", null);
        assertThat(api.post("/v2/models", homeless).expect(400, 422).detail()).contains("provider");
    }

    private static Map<String, Object> model(String name) {
        var model = new HashMap<String, Object>();
        model.put("model_name", name);
        model.put("name", "A model called " + name);
        model.put("provider", "scripted");
        model.put("sdk_agent_type", "openai_compatible");
        return model;
    }
}
