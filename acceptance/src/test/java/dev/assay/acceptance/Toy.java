// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** A fork of the toy or of another base, and a user of a team of its own who trains it with the sources of F11. */
final class Toy {

    final String slug;
    final UUID id;
    final Api api;
    final Hud hud;

    private Toy(String slug, UUID id, Api api, Hud hud) {
        this.slug = slug;
        this.id = id;
        this.api = api;
        this.hud = hud;
    }

    /** Made as a user makes one. */
    static Toy forked(String name) {
        return forked(name, "arith");
    }

    /** @param source what it is trained with */
    static Toy forked(String name, String source) {
        return forked(Platform.shared(), "toy/base", name, source);
    }

    /** @param base what is forked, which need not be the toy */
    static Toy forked(Platform platform, String base, String name, String source) {
        var key = platform.keyOf(name);
        var hud = new Hud().source(source).against(platform.url(), key);
        var forked = hud.run("models", "fork", base, "--name", name, "--yes", "--json").exitsWith(0).json();
        return new Toy(forked.get("model_name").stringValue(), UUID.fromString(forked.get("id").stringValue()), platform.api(key), hud);
    }

    static Hud user(Platform platform, String key) {
        return new Hud().source("arith").against(platform.url(), key);
    }

    /** What one of the sources reports of this model. */
    JsonNode report(String program, String... arguments) {
        return Api.JSON.readTree(ran(program, arguments).find("(?m)^REPORT (.*)$"));
    }

    Finished ran(String program, String... arguments) {
        var command = new ArrayList<>(List.of(program, slug));
        command.addAll(List.of(arguments));
        return hud.python(command.toArray(String[]::new)).exitsWith(0);
    }

    /** Oldest first. */
    List<JsonNode> checkpoints() {
        return api.get("/v2/models/" + id + "/checkpoints").expect(200).body().valueStream().toList();
    }

    /** The path of one of the calls that train it. */
    String train(String what) {
        return "/rl/v1/models/" + id + "/train/" + what;
    }

    /** Its likeliest answer, as any client of the gateway gets it. */
    Api.Answer chat(String content) {
        return api.post("/inference/chat/completions",
                Map.of("model", slug, "max_tokens", 4, "temperature", 0, "messages", List.of(Map.of("role", "user", "content", content))));
    }
}
