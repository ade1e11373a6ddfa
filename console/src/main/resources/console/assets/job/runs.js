// SPDX-License-Identifier: Apache-2.0
// A run as a row of its job.

import {get} from '../api.js';
import {allOf} from '../csv.js';
import {h} from '../dom.js';
import {duration, isNumber, plain, shortId} from '../format.js';
import {ageText, cell, modelName, rewardText, statusPill} from '../parts.js';
import {failureText, runDuration, startOf, stopReason} from '../run/outcome.js';

export function runRow(run) {
    const failed = failureText(run.failure_kind, run.failure_phase);
    const why = run.error ?? stopReason(run.stop_reason);
    return h(
        'tr',
        {class: 'linked'},
        cell('Status', statusPill(run.status)),
        cell('Run', h('a.row-link.mono', {href: `/trace/${run.id}`}, shortId(run.id))),
        cell('Task', h('span.mono', plain(run.task_slug || '–')), {class: 'main'}),
        cell('Reward', rewardText(run.reward, run.status), {class: 'num'}),
        cell(
            'Attempt',
            isNumber(run.attempt) && run.attempt > 0
                ? h('span', {class: run.attempt > 1 && 'is-warn'}, run.attempt)
                : h('span.none', '–'),
            {class: 'num'},
        ),
        cell('Model', modelName(run.model)),
        cell('Started', ageText(startOf(run)), {class: 'num'}),
        cell('Took', duration(runDuration(run)), {class: 'num'}),
        cell(
            'Ended because',
            why
                ? [
                      failed && h('span.sub', failed),
                      h('span.why', {class: run.error && 'is-error', title: plain(why)}, plain(why).slice(0, 300)),
                  ]
                : h('span.none', '–'),
        ),
    );
}

/** All of them, however many there are; with a status those that have it. */
export async function runLines(id, status) {
    const runs = await allOf(cursor => get(`/v2/jobs/${encodeURIComponent(id)}/traces`, {query: {limit: 1000, status, cursor}}));
    const columns = [
        'id', 'status', 'task_slug', 'group_id', 'environment', 'model', 'reward', 'attempt', 'created_at', 'start_time', 'end_time',
        'stop_reason', 'failure_kind', 'failure_phase', 'error',
    ];
    return [columns, ...runs.map(run => columns.map(column => run[column]))];
}
