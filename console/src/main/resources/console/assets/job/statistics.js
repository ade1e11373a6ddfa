// SPDX-License-Identifier: Apache-2.0
// What a job's grades add up to, as the platform says it: no number is reckoned here.

import {get} from '../api.js';
import {allOf, csvButton} from '../csv.js';
import {h, isStale, replace} from '../dom.js';
import {amount, duration, isNumber, money, plain, plural, reward} from '../format.js';
import {facts} from '../parts.js';
import {failureText} from '../run/outcome.js';

/** `0.58 to 0.76 (95 %)`, with how that was made as its title; null: there is too little to say. */
export const interval = ({low, high, formula}) =>
    isNumber(low) && isNumber(high) && h('span', {title: formula}, `${reward(low)} to ${reward(high)} (95\u00a0%)`);

const percent = share => `${amount(Math.round(1000 * share) / 10)} %`;

/** Few numbers of runs say it all: the first, the last, and what lies between by doubling. */
const SHOWN = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

function passRates({items}) {
    const shown = items.filter(({k}, index) => SHOWN.includes(k) || index === items.length - 1);
    return shown.map(one =>
        h(
            'span.rate',
            {title: `Over ${plural(one.tasks, 'task')} with ${plural(one.k, 'graded run')} or more`},
            one.k === 1
                ? `pass@1 ${percent(one.pass_at_k)}`
                : `pass@${one.k} ${percent(one.pass_at_k)}, pass^${one.k} ${percent(one.pass_hat_k)}`,
        ),
    );
}

export function drawStatistics(place, statistics, id) {
    if (!isStale(place, JSON.stringify(statistics))) return;
    if (!statistics?.graded_count && !statistics?.errors.length) return replace(place);
    const {pass_rates: rates, within_tasks: within, cost, time, errors} = statistics;
    replace(
        place,
        h('div.block-head', h('h2', 'Statistics'), csvButton(`${id}.tasks.csv`, () => taskLines(id))),
        facts([
            ['Interval', statistics.graded_count > 0 && intervalText(statistics)],
            ['Pass rates', rates.items.length > 0 && h('span.rates', {title: rates.formula}, passRates(rates))],
            [
                'Spread',
                within.tasks > 0 &&
                    h(
                        'span',
                        {title: within.formula},
                        `± ${reward(within.mean_standard_deviation ?? 0)} within a task; ${amount(within.without_spread)} of ${plural(within.tasks, 'task')} without any`,
                    ),
            ],
            ['Time', time.runs > 0 && `${duration(1000 * time.median_s)} in the middle, nine of ten within ${duration(1000 * time.p90_s)}`],
            ['Cost', cost?.calls > 0 && costText(cost)],
            [
                'Errors',
                errors.length > 0 &&
                    errors
                        .map(one => `${failureText(one.kind, one.phase) ?? 'Nobody said whose'}: ${plural(one.runs, 'run')}`)
                        .join(' · '),
            ],
        ]),
    );
}

function intervalText({mean_reward: mean, task_count: tasks}) {
    const known = interval(mean);
    return known
        ? [known, `: where the mean of other tasks like these ${plural(tasks, 'task')} would lie`]
        : h('span', {title: mean.formula}, 'too little to say');
}

const costText = cost =>
    [
        money(cost.cost_usd),
        `${amount(cost.input_tokens)} tokens in, ${amount(cost.output_tokens)} out`,
        cost.unpriced_calls > 0 && `${plural(cost.unpriced_calls, 'call')} of no known price`,
    ]
        .filter(Boolean)
        .join(' · ');

async function taskLines(id) {
    const rows = await allOf(cursor =>
        get(`/v2/jobs/${encodeURIComponent(id)}/statistics/tasks`, {query: {limit: 1000, cursor}}),
    );
    const columns = [
        'task_slug', 'environment', 'task_version_id', 'run_count', 'graded_count', 'left_out_count', 'passed_count', 'mean_reward',
        'standard_deviation',
    ];
    return [columns, ...rows.map(row => columns.map(column => row[column]))];
}
