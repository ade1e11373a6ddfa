// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.Engine.Start;
import dev.assay.trainer.engine.EngineConformance;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Session.Datums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToyTests extends EngineConformance {

    private final Toy toy = new Toy();

    @TempDir
    Path files;

    @Override
    protected Engine engine() {
        return toy;
    }

    @Override
    protected String base() {
        return Toy.BASE;
    }

    @Override
    protected double learningRate() {
        return 0.1;
    }

    @Override
    protected double exactness() {
        return 1e-9;
    }

    private RefusedException refusal(Datum datum) throws IOException {
        try (var session = toy.begin(new Start(Toy.BASE, null, null))) {
            return catchThrowableOfType(RefusedException.class, () -> session.forward(once(datum), (read, reading) -> {}));
        }
    }

    private static Datums once(Datum datum) {
        var left = new ArrayList<>(List.of(datum));
        return () -> left.isEmpty() ? null : left.removeFirst();
    }

    @Test
    void aPictureIsRefused() throws IOException {
        var refused = refusal(new Datum(
                3, List.of(new Chunk.Text(1, 2), new Chunk.Image("AA==", "png", 2)), new int[4], new float[4], new float[4]));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.detail()).contains("inputs[3]", "picture", "position 2");
    }

    @Test
    void aSequenceThatIsTooLongIsRefused() throws IOException {
        int length = Toy.CONTEXT + 1;
        var refused = refusal(
                new Datum(0, List.of(new Chunk.Text(new int[length])), new int[length], new float[length], new float[length]));
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.detail()).contains("32769", "32768");
    }

    @Test
    void aStepThatLeadsNowhereIsRefused() throws IOException {
        try (var session = toy.begin(new Start(Toy.BASE, null, null))) {
            var one = new Datum(0, List.of(new Chunk.Text(1)), new int[] {2}, new float[] {1}, new float[1]);
            session.accumulate(once(one), (datum, reading) -> new double[] {1});
            assertThatThrownBy(() -> session.step(new Call.Rate(1e300, 0.9, 0.95, 1e-8, 0)))
                    .isInstanceOf(RefusedException.class).hasMessageContaining("learning_rate");
        }
    }

    @Test
    void thereIsOneBase() {
        assertThatThrownBy(() -> toy.begin(new Start("large", null, null)))
                .isInstanceOf(RefusedException.class).hasMessageContaining("'large'");
    }

    @Test
    void whatIsNoFileOfItsIsRefusedByName() throws IOException {
        var foreign = Files.writeString(files.resolve("foreign"), "a file of somebody else's, long enough to be read");
        assertThatThrownBy(() -> toy.sampler(Toy.BASE, foreign))
                .isInstanceOf(IOException.class).hasMessage("foreign is no file of the toy's");
        try (var session = toy.begin(new Start(Toy.BASE, null, null))) {
            session.save(files.resolve("weights"), files.resolve("state"));
        }
        assertThatThrownBy(() -> toy.sampler(Toy.BASE, files.resolve("state"))).hasMessage("state holds a state, not weights");
        assertThatThrownBy(() -> toy.begin(new Start(Toy.BASE, null, files.resolve("weights"))))
                .hasMessage("weights holds weights, not a state");
    }

    @Test
    void itsBaseIsSmall() throws IOException {
        try (var session = toy.begin(new Start(Toy.BASE, null, null))) {
            session.save(files.resolve("weights"), files.resolve("state"));
        }
        assertThat(Files.size(files.resolve("state"))).isLessThan(64 * 1024);
    }
}
