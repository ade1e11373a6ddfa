// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.trainer.engine.Conversation;
import dev.assay.trainer.engine.Conversation.Before;
import dev.assay.trainer.engine.Conversation.Message;
import dev.assay.trainer.engine.Conversation.Role;
import dev.assay.trainer.engine.Sampler.Sampling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonTokenizersTests {

    @TempDir
    Path folder;

    @Test
    void aTokenizerAloneReadsAndWritesAsTheWholeModelDoes() throws Exception {
        var settings = TinyModel.settings();
        try (var tokenizers = new PythonTokenizers(settings, folder); var whole = TinyModel.engine().sampler(TinyModel.NAME, null)) {
            assertThat(tokenizers.unfitBecause()).isNull();
            var tokenizer = tokenizers.of(settings.models().get(TinyModel.NAME));
            var alone = tokenizer.renderer();
            var asked = new Conversation(List.of(new Message(Role.USER, "What is 2 + 2?", List.of())), List.of(), null);
            var prompt = alone.prompt(asked);
            assertThat(prompt).isEqualTo(whole.prompt(asked));
            assertThat(IntStream.of(prompt).allMatch(id -> id >= 0 && id < tokenizer.vocabulary())).isTrue();
            var answer = whole.sample(prompt, new Sampling(8, 1, 3L, List.of(), 0));
            assertThat(alone.reply(answer, asked)).isEqualTo(whole.reply(answer, asked));
            assertThat(alone.text(prompt[0])).isEqualTo(whole.text(prompt[0]));
            var known = IntStream.concat(IntStream.of(prompt), IntStream.of(answer.tokens())).toArray();
            var onward = new Conversation(
                    List.of(asked.messages().getFirst(), new Message(Role.ASSISTANT, alone.reply(answer, asked).text(), List.of()),
                            new Message(Role.USER, "And 3 more?", List.of())),
                    List.of(), new Before(known, 2));
            assertThat(alone.prompt(onward)).isEqualTo(whole.prompt(onward));
            assertThat(tokenizers.of(settings.models().get(TinyModel.NAME))).as("it is loaded once").isSameAs(tokenizer);
            assertThatThrownBy(() -> tokenizers.of(folder)).isInstanceOf(IOException.class);
        }
    }
}
