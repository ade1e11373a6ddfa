// SPDX-License-Identifier: Apache-2.0
// Which agent with which model did best on a taskset, as the platform ranks them.

import {h} from '../dom.js';
import {amount, money, plain, plural} from '../format.js';
import {interval} from '../job/statistics.js';
import {cell, modelName, rewardText, table} from '../parts.js';

/** @param board null: it cannot be had just now */
export function leaderboard(board) {
    if (!board?.items.length) return null;
    return h(
        'section.block',
        h('div.block-head', h('h2', 'Leaderboard'), h('p.quiet', `Of ${board.older_job_count ? 'the newest ' : ''}${plural(board.job_count, 'job')}.`)),
        table(
            'Leaderboard',
            [
                'Model',
                'Agent',
                {text: 'Mean', class: 'num'},
                {text: 'Interval', class: 'num'},
                {text: 'Tasks', class: 'num'},
                {text: 'Graded', class: 'num'},
                {text: 'Cost', class: 'num'},
            ],
            h('tbody', board.items.map(row)),
        ),
    );
}

const none = () => h('span.none', '–');

const row = one =>
    h(
        'tr',
        cell('Model', modelName(one.model), {class: 'main'}),
        cell('Agent', one.agent ? plain(one.agent) : none()),
        cell('Mean', rewardText(one.mean_reward.mean), {class: 'num'}),
        cell('Interval', interval(one.mean_reward) || none(), {class: 'num'}),
        cell('Tasks', amount(one.task_count), {class: 'num'}),
        cell('Graded', `${amount(one.graded_count)} of ${amount(one.run_count)}`, {class: 'num'}),
        cell('Cost', one.cost ? money(one.cost.cost_usd) : none(), {class: 'num'}),
    );
