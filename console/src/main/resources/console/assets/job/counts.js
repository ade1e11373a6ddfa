// SPDX-License-Identifier: Apache-2.0
// Runs by status. Ungraded is no status, but people look for it as for one.

import {isNumber} from '../format.js';
import {hasEnded, statusGroup} from '../parts.js';

export const matches = (run, filter) => (filter === 'ungraded' ? isUngraded(run) : statusGroup(run.status) === filter);
const isUngraded = run => hasEnded(run.status) && !isNumber(run.reward);

export function countsOf(runs) {
    const counts = new Map();
    for (const name of ['queued', 'running', 'completed', 'error', 'cancelled', 'unknown', 'ungraded']) {
        const count = runs.filter(run => matches(run, name)).length;
        if (count) counts.set(name, count);
    }
    return counts;
}
