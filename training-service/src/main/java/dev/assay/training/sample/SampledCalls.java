// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.sample;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SampledCall;
import dev.assay.training.TrainingSettings;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The record of sampled calls. It is kept by team and run: who names a run of another team's writes what nobody reads. */
@Repository
public class SampledCalls {

    /** Of all attempts together: whoever is inside may make as many calls as it likes, and as long ones. */
    private static final String FULL =
            """
            (select count(*) >= :most
                or coalesce(sum(coalesce(length(prompt), 0) + coalesce(length(output), 0) + coalesce(length(logprobs), 0)), 0) >= :bytes
            from sampled_call where team = :team and run = :run)""";

    private final JdbcClient jdbc;
    private final TrainingSettings settings;

    SampledCalls(JdbcClient jdbc, TrainingSettings settings) {
        this.jdbc = jdbc;
        this.settings = settings;
    }

    /** A run that has as many as are kept gets no more: then its record is known not to be whole. */
    void add(SampledCall call) {
        jdbc.sql("""
                        insert into sampled_call (id, team, run, attempt, model, checkpoint, retry, prompt, output, logprobs)
                        select :id, :team, :run, cast(:attempt as int), :model, cast(:checkpoint as text), :retry, cast(:prompt as bytea),
                            cast(:output as bytea), cast(:logprobs as bytea)
                        where not """ + FULL + " on conflict (id) do nothing")
                .param("id", call.call())
                .param("team", call.team().value())
                .param("run", call.run().value())
                .param("attempt", call.attempt())
                .param("model", call.model().value())
                .param("checkpoint", call.checkpoint())
                .param("retry", call.retry())
                .param("prompt", bytes(call.prompt()))
                .param("output", bytes(call.output()))
                .param("logprobs", bytes(call.logprobs()))
                .param("most", settings.mostSamples())
                .param("bytes", settings.mostSampled().toBytes())
                .update();
    }

    /**
     * @param calls of one attempt, in order
     * @param full whether there may have been more; then none are told
     */
    public record OfRun(List<SampledCall> calls, boolean full) {}

    /** @param attempt null: of a run that a client drives */
    public OfRun of(TeamId team, RunId run, @Nullable Integer attempt) {
        boolean full = jdbc.sql("select " + FULL)
                .param("most", settings.mostSamples())
                .param("bytes", settings.mostSampled().toBytes())
                .param("team", team.value())
                .param("run", run.value())
                .query(Boolean.class)
                .single();
        if (full) {
            return new OfRun(List.of(), true);
        }
        var calls = jdbc.sql("""
                        select * from sampled_call where team = :team and run = :run and attempt is not distinct from cast(:attempt as int)
                        order by position""")
                .param("team", team.value())
                .param("run", run.value())
                .param("attempt", attempt)
                .query(SampledCalls::read)
                .list();
        return new OfRun(calls, false);
    }

    /** @return how many are gone */
    int forgetOld(int most) {
        return jdbc.sql("""
                        delete from sampled_call where ctid = any (array (
                            select ctid from sampled_call where told_at < now() - make_interval(secs => :kept) limit :most))""")
                .param("kept", settings.keepSamples().toSeconds())
                .param("most", most)
                .update();
    }

    private static SampledCall read(ResultSet row, int number) throws SQLException {
        return new SampledCall(
                row.getObject("id", UUID.class),
                new TeamId(row.getObject("team", UUID.class)),
                new RunId(row.getObject("run", UUID.class)),
                row.getObject("attempt", Integer.class),
                new ModelId(row.getObject("model", UUID.class)),
                row.getString("checkpoint"),
                row.getInt("retry"),
                ints(row.getBytes("prompt")),
                ints(row.getBytes("output")),
                floats(row.getBytes("logprobs")));
    }

    private static byte @Nullable [] bytes(int @Nullable [] ids) {
        if (ids == null) {
            return null;
        }
        var bytes = ByteBuffer.allocate(Integer.BYTES * ids.length);
        bytes.asIntBuffer().put(ids);
        return bytes.array();
    }

    private static byte @Nullable [] bytes(float @Nullable [] numbers) {
        if (numbers == null) {
            return null;
        }
        var bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }

    private static int @Nullable [] ints(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        var ids = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(ids);
        return ids;
    }

    private static float @Nullable [] floats(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        var numbers = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(numbers);
        return numbers;
    }
}
