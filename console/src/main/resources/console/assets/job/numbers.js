// SPDX-License-Identifier: Apache-2.0
// A job in four numbers.

import {h, isStale, replace} from '../dom.js';
import {amount, isNumber, plural, reward, statistics} from '../format.js';
import {hasEnded} from '../parts.js';
import {countsOf} from './counts.js';

export function drawNumbers(place, runs, total, grades) {
    const whole = runs.length >= total;
    const counts = countsOf(runs);
    const own = statistics(runs.map(run => run.reward));
    const record = whole ? null : grades?.job;
    const mean = record?.mean ?? own.mean;
    const deviation = record?.standard_deviation ?? own.deviation;
    const graded = record?.graded ?? own.graded;
    const ended = runs.filter(run => hasEnded(run.status)).length;
    const ungraded = record?.ungraded ?? counts.get('ungraded') ?? 0;
    const signature = JSON.stringify([mean, deviation, graded, ended, ungraded, total, [...counts]]);
    if (!isStale(place, signature)) return;
    replace(
        place,
        figure(
            'Mean reward',
            isNumber(mean) ? reward(mean) : h('span.none', '–'),
            isNumber(mean)
                ? [isNumber(deviation) && `± ${reward(deviation)} `, `over ${plural(graded, 'graded run')}`]
                : ended
                  ? 'no run has a grade'
                  : 'no run has ended yet',
        ),
        figure(
            'Runs',
            amount(total),
            !total ? 'none yet' : whole && ended < total ? `${amount(ended)} ended` : 'all ended',
            whole &&
                ended < total &&
                h(
                    'span.progress',
                    {
                        role: 'progressbar',
                        'aria-valuemin': 0,
                        'aria-valuemax': total,
                        'aria-valuenow': ended,
                        'aria-label': 'Runs that ended',
                    },
                    h('i', {vars: {'--share': `${(100 * ended) / total}%`}}),
                ),
        ),
        figure(
            'Graded',
            amount(graded),
            ungraded ? `${amount(ungraded)} ungraded, left out of the mean` : ended ? 'none ungraded' : '',
        ),
        figure(
            'Errors',
            counts.get('error') ? h('span.is-error', amount(counts.get('error'))) : '0',
            counts.get('cancelled') ? `${amount(counts.get('cancelled'))} cancelled` : 'runs that failed',
        ),
    );
}

const figure = (name, value, ...under) => h('div.figure', h('h3', name), h('p.value', value), h('p.under', under));
