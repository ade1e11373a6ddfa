// SPDX-License-Identifier: Apache-2.0
// Runs of the same task, compared with each other.

import {h} from '../dom.js';
import {amount, isNumber, plain, reward, statistics} from '../format.js';
import {cell, hasEnded, rewardBar, rewardDot, rewardText} from '../parts.js';

export function groupsOf(runs) {
    const groups = new Map();
    for (const run of runs) {
        const key = run.group_id || `task ${run.task_slug ?? ''}`;
        if (!groups.has(key)) groups.set(key, {key, task: run.task_slug, runs: []});
        groups.get(key).runs.push({id: run.id, status: run.status, reward: run.reward});
    }
    for (const group of groups.values()) group.runs.sort((a, b) => (a.id < b.id ? -1 : 1));
    return [...groups.values()].sort(
        (a, b) => String(a.task ?? '').localeCompare(String(b.task ?? '')) || (a.key < b.key ? -1 : 1),
    );
}

export const legend = () =>
    h(
        'p.legend',
        [
            ['filled as far as the reward goes', 'is-graded', '250deg'],
            ['ungraded', 'is-ungraded', '0deg'],
            ['error', 'is-error', '0deg'],
        ].map(([text, state, share]) =>
            h('span', h('i.dot', {class: state, vars: {'--share': share}, 'aria-hidden': 'true'}), text),
        ),
    );

export function groupRow({task, runs}) {
    const {graded, mean, deviation} = statistics(runs.map(run => run.reward));
    return h(
        'tr',
        cell('Task', h('span.mono', plain(task || 'no task named')), {class: 'main'}),
        cell('Rewards', h('span.dots', runs.map(rewardDot))),
        cell(
            'Mean',
            h(
                'span.with-bar',
                rewardBar(mean),
                isNumber(mean)
                    ? h('span.reward', reward(mean))
                    : runs.every(run => hasEnded(run.status))
                      ? rewardText(null)
                      : h('span.none', '–'),
            ),
            {class: 'num'},
        ),
        cell('Spread', isNumber(deviation) ? `± ${reward(deviation)}` : h('span.none', '–'), {class: 'num'}),
        cell('Graded', `${amount(graded)} of ${amount(runs.length)}`, {class: 'num'}),
    );
}
