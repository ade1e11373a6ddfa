// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class S52ForkTests {

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s52");
    private final Hud hud = Toy.user(platform, key);

    @Test
    void aForkIsInTheCatalogAtOnceAndAnswers() {
        hud.run("models", "fork", "toy/base", "--name", "arith-rl").exitsWith(2);
        var forked = hud.run("models", "fork", "toy/base", "--name", "arith-rl", "--yes").exitsWith(0).says("Forked", "arith-rl");
        var id = UUID.fromString(forked.find("id: +([0-9a-f-]{36})"));
        // as soon as it is made, though the gateway was asked for it just before
        var answer = platform.api(key).send("POST", "/inference/chat/completions",
                "{\"model\": \"arith-rl\", \"messages\": [{\"role\": \"user\", \"content\": \"A digit?\"}]}").expect(200).body();
        assertThat(answer.at("/choices/0/finish_reason").stringValue()).isIn("stop", "length");

        hud.run("models", "fork", "toy/base", "--name", "arith-rl", "--yes").exitsWith(1).says("arith-rl");
        hud.run("models", "fork", "toy/base", "--name", "arith-rl", "--if-not-exists", "--yes").exitsWith(0)
                .says("Model already exists", id.toString());
        var listed = hud.run("models", "list", "--json").exitsWith(0).json();
        assertThat(listed).anySatisfy(model -> {
            assertThat(model.get("id").stringValue()).isEqualTo(id.toString());
            assertThat(model.get("is_trainable").booleanValue()).isTrue();
        });
        hud.run("models", "checkpoints", "arith-rl").exitsWith(0).says("No checkpoints yet — this model serves its base weights");
        hud.run("models", "head", id.toString()).exitsWith(0).says("No active checkpoint");
    }

    @Test
    void aNameIsCalledAsSoonAsThereIsAModelOfIt() {
        var question = "{\"model\": \"not-yet\", \"messages\": [{\"role\": \"user\", \"content\": \"A digit?\"}]}";
        platform.api(key).send("POST", "/inference/chat/completions", question).expect(404);
        hud.run("models", "fork", "toy/base", "--name", "not-yet", "--yes").exitsWith(0);
        platform.api(key).send("POST", "/inference/chat/completions", question).expect(200);
    }

    @Test
    void anotherTeamHasNeitherTheModelNorItsTree() {
        var toy = Toy.forked("s52-ours");
        var theirs = platform.api(platform.keyOf("s52-theirs"));
        theirs.get("/v2/models/" + toy.id + "/checkpoints").expect(404);
        theirs.post("/rl/v1/models/" + toy.id + "/train/optim-step", Map.of("learning_rate", 0.1)).expect(404);
        for (var name : new String[] {toy.slug, toy.id.toString()}) {
            theirs.send("POST", "/inference/chat/completions",
                    "{\"model\": \"" + name + "\", \"messages\": [{\"role\": \"user\", \"content\": \"A digit?\"}]}").expect(404);
        }
        var target = Map.of("model_name", "scripted/letters", "upstream", "trainer", "upstream_model", toy.id.toString());
        theirs.post("/v2/targets", target).expect(400);
        theirs.post("/v2/models", Map.of("model_name", "mine", "provider", "trainer", "upstream_model", toy.id.toString())).expect(400);
    }
}
