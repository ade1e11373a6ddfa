// SPDX-License-Identifier: Apache-2.0
// How a run ended, and how long it took.

import {between, plain, time} from '../format.js';

const STOP_REASONS = {
    done: 'agent was done',
    max_steps: 'steps used up',
    length: 'output cut off by length',
    timeout: 'time was up',
    malformed_tool_call: 'malformed tool call',
};

const FAILURES = {
    agent: 'The agent failed',
    environment: 'The environment failed',
    grader: 'The grading failed',
    model: 'No model answered',
    infrastructure: 'The platform failed',
};

/** Whose failure ended a run, and how far it had come; null where nobody said so. */
export const failureText = (kind, phase) =>
    kind ? (FAILURES[kind] ?? plain(kind)) + (phase ? ` (${plain(phase).replaceAll('_', ' ')})` : '') : null;

export const stopReason = reason => (reason ? (STOP_REASONS[reason] ?? plain(reason)) : null);

/** What a run or a job took; null while it has not ended. A run in a list names its start `start_time`, a run alone `started_at`. */
export const runDuration = run => between(run.started_at ?? run.start_time, run.ended_at ?? run.end_time);

/** Spans may follow the end of a run for a little while. */
const AFTERMATH_MS = 20_000;

/** Whether nothing more is waited for of a run that somebody saw ended for the first time at `seenAt`. */
export const hasSettled = (run, seenAt, now = Date.now()) =>
    now - seenAt > AFTERMATH_MS || (time(run.ended_at) !== null && now - time(run.ended_at) > AFTERMATH_MS);

export const startOf = run => run.started_at ?? run.start_time ?? run.created_at;
