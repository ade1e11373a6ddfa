// SPDX-License-Identifier: Apache-2.0
// Which agent with which model did best on a taskset, as the platform ranks them: over all its tasks, or those with one value in a column
// of theirs, which stands in the address.

import {inAddress} from '../address.js';
import {getIfThere} from '../api.js';
import {csvButton} from '../csv.js';
import {h, replace} from '../dom.js';
import {attempt} from '../form.js';
import {amount, money, plain, plural} from '../format.js';
import {interval} from '../job/statistics.js';
import {cell, modelName, rewardText, table} from '../parts.js';

/** What can be told apart by: of each column of the tasks its values, each once. */
function facetsOf(tasks) {
    const facets = new Map();
    for (const task of tasks) {
        for (const [column, told] of Object.entries(task.columns ?? {})) {
            const values = [told].flat().filter(value => ['string', 'number', 'boolean'].includes(typeof value) && value !== '');
            facets.set(column, new Set([...(facets.get(column) ?? []), ...values.map(String)]));
        }
    }
    // a name with the sign that parts it from its values cannot be asked for
    return [...facets].filter(([column]) => !column.includes('=')).sort().map(([column, values]) => [column, [...values].sort()]);
}

/** @returns an element; without a board of all tasks, an empty one */
export async function leaderboard({address, id, tasks, query, signal}) {
    const place = h('section.block');
    const facets = facetsOf(tasks);
    const ask = where => getIfThere(`${address}/leaderboard`, {query: {where}, signal});
    const draw = (board, chosen) => {
        if (!board || (!chosen && !board.items.length)) return replace(place);
        return replace(
            place,
            h(
                'div.block-head',
                h('h2', 'Leaderboard'),
                facets.length > 0 && choice(facets, chosen, choose),
                h('p.quiet', `Of ${board.older_job_count ? 'the newest ' : ''}${plural(board.job_count, 'job')}.`),
                csvButton(`${id}.leaderboard.csv`, () => lines(board)),
            ),
            board.items.length ? tableOf(board) : h('p.quiet', 'No run of such tasks has ended.'),
        );
    };
    const choose = chosen =>
        attempt(async () => {
            const board = await ask(chosen);
            inAddress({where: chosen});
            draw(board, chosen);
            place.querySelector('select')?.focus();
        });
    const named = query.get('where');
    const wanted = facets.some(([column, values]) => values.some(value => `${column}=${value}` === named)) ? named : null;
    return draw(await ask(wanted).catch(() => null), wanted); // the page can do without
}

const choice = (facets, chosen, choose) =>
    h(
        'label.inline-field',
        h('span', 'over'),
        h(
            'select',
            {
                'aria-label': 'Which tasks',
                onchange: event => choose(event.currentTarget.value || null),
            },
            h('option', {value: ''}, 'all tasks'),
            facets.map(([name, values]) =>
                h(
                    'optgroup',
                    {label: plain(name)},
                    values.map(one =>
                        h('option', {value: `${name}=${one}`, selected: `${name}=${one}` === chosen}, `${plain(name)}: ${plain(one)}`),
                    ),
                ),
            ),
        ),
    );

const tableOf = board =>
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
    );

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

const lines = board => [
    ['model', 'agent', 'mean_reward', 'low', 'high', 'task_count', 'run_count', 'graded_count', 'left_out_count', 'job_count', 'cost_usd'],
    ...board.items.map(one => [
        one.model, one.agent, one.mean_reward.mean, one.mean_reward.low, one.mean_reward.high, one.task_count, one.run_count,
        one.graded_count, one.left_out_count, one.job_count, one.cost?.cost_usd,
    ]),
];
