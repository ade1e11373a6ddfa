// SPDX-License-Identifier: Apache-2.0
// How a run ended, and how long it took.

import {between, plain} from '../format.js';

const STOP_REASONS = {
    done: 'agent was done',
    max_steps: 'steps used up',
    length: 'output cut off by length',
    timeout: 'time was up',
    malformed_tool_call: 'malformed tool call',
};

export const stopReason = reason => (reason ? (STOP_REASONS[reason] ?? plain(reason)) : null);

/** What a run or a job took; null while it has not ended. A run in a list names its start `start_time`, a run alone `started_at`. */
export const runDuration = run => between(run.started_at ?? run.start_time, run.ended_at ?? run.end_time);

export const startOf = run => run.started_at ?? run.start_time ?? run.created_at;
