// SPDX-License-Identifier: Apache-2.0

package dev.assay.training;

import java.time.Duration;
import java.time.Instant;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code assay.training}.
 *
 * @param largestBody that is taken of a batch, as it is when unpacked; more gives 413
 * @param mostTokens of one call
 * @param lease how long a trainer that says nothing keeps a call
 * @param attempts how many trainers may be lost over a call before it fails
 * @param absent after how long without a word a trainer is not there; whoever calls meanwhile waits so long for one to come
 * @param quiet how long a caller hears nothing before white space is sent to keep the connection awake, and then how often
 * @param repeat how long a step's answer is given again to who asks for the same step and has sent nothing since
 * @param keepBatches how long a batch is kept whose step was made, or that no step will be made of
 * @param record how long it is waited for what a run's client still has to send, before a batch that names the run is refused
 * @param keepSamples how long it is kept what a run's model sampled, as the gateway saw it
 * @param mostSamples how many calls of one run are kept
 * @param mostSampled how much of one run is kept, ids and log-probabilities at four bytes each
 * @param forward how long the log-probabilities of a forward can be differentiated
 */
@ConfigurationProperties("assay.training")
public record TrainingSettings(
        @DefaultValue("256MB") DataSize largestBody,
        @DefaultValue("16000000") long mostTokens,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("3") int attempts,
        @DefaultValue("30s") Duration absent,
        @DefaultValue("2m") Duration quiet,
        @DefaultValue("1h") Duration repeat,
        @DefaultValue("7d") Duration keepBatches,
        @DefaultValue("60s") Duration record,
        @DefaultValue("30d") Duration keepSamples,
        @DefaultValue("1000") int mostSamples,
        @DefaultValue("64MB") DataSize mostSampled,
        @DefaultValue("2h") Duration forward) {

    /** Whether the client of a run may still have to send something of it; later nothing comes, and what is there is all. */
    public boolean mayStillSend(Instant ended, Instant now) {
        return now.isBefore(ended.plus(record));
    }
}
