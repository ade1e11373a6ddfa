// SPDX-License-Identifier: Apache-2.0
// How a run ended, and how long it took.

import {between, isNumber, plain} from '../format.js';

const STOP_REASONS = {
    done: 'agent was done', max_steps: 'steps used up', length: 'output cut off by length', timeout: 'time was up',
    malformed_tool_call: 'malformed tool call',
};

export const stopReason = reason => (reason ? STOP_REASONS[reason] ?? plain(reason) : null);

/** What a run took, as far as its row tells. */
export function runDuration(run) {
    if (isNumber(run.duration_ms)) return run.duration_ms;
    if (isNumber(run.duration_seconds)) return run.duration_seconds * 1000;
    return between(run.start_time ?? run.started_at, run.end_time ?? run.ended_at ?? run.finished_at);
}
