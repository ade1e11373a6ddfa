// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

/** What becomes of a run, and what the asker hears. */
public record Decision(RunState next, Answer answer) {

    /** What the asker hears. */
    public enum Answer {
        /** As you wish. */
        DONE,
        /** Nothing was left to do: it is so already, or it is not ours to do. */
        NOTHING_TO_DO,
        /** Not you: another attempt, or another driver, has the run. */
        REFUSED
    }

    static Decision done(RunState next) {
        return new Decision(next, Answer.DONE);
    }

    static Decision nothingToDo(RunState same) {
        return new Decision(same, Answer.NOTHING_TO_DO);
    }

    static Decision refused(RunState same) {
        return new Decision(same, Answer.REFUSED);
    }
}
