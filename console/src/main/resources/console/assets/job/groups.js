// SPDX-License-Identifier: Apache-2.0
// Runs of the same task, compared with each other.

import {h} from '../dom.js';
import {amount, isNumber, plain, reward} from '../format.js';
import {bestAndWorst, pairAddress} from '../pair/others.js';
import {cell, rewardBar, rewardDot, rewardText} from '../parts.js';

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

export const groupKey = group => `${group.group_id ?? ''} ${group.task_slug ?? ''}`;

export function groupRow(group) {
    const {runs, run_count: all, graded_count: graded, mean_reward: mean, standard_deviation: deviation} = group;
    const open = group.queued_count + group.running_count;
    const further = all - runs.length;
    const pair = bestAndWorst(runs);
    return h(
        'tr',
        cell(
            'Task',
            [
                h('span.mono', plain(group.task_slug || 'no task named')),
                pair &&
                    h(
                        'span.sub',
                        h(
                            'a',
                            {
                                href: pairAddress(pair[0].id, pair[1].id),
                                title: 'The best of these runs beside the worst',
                                'aria-label': `side by side: two runs of ${plain(group.task_slug || 'this task')}`,
                            },
                            'side by side',
                        ),
                    ),
            ],
            {class: 'main'},
        ),
        cell('Rewards', h('span.dots', runs.map(rewardDot), further > 0 && h('span.further', `and ${amount(further)} more`))),
        cell(
            'Mean',
            h(
                'span.with-bar',
                rewardBar(mean),
                isNumber(mean) ? h('span.reward', reward(mean)) : open ? h('span.none', '–') : rewardText(null),
            ),
            {class: 'num'},
        ),
        cell('Spread', isNumber(deviation) ? `± ${reward(deviation)}` : h('span.none', '–'), {class: 'num'}),
        cell('Passed', graded ? `${amount(group.passed_count)} of ${amount(graded)}` : h('span.none', '–'), {class: 'num'}),
        cell('Graded', `${amount(graded)} of ${amount(all)}`, {class: 'num'}),
    );
}
