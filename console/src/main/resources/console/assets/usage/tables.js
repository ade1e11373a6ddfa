// SPDX-License-Identifier: Apache-2.0
// What a chart shows, as numbers.

import {swatch} from '../chart.js';
import {h, replace} from '../dom.js';
import {amount, duration, isNumber, money, plural} from '../format.js';
import {cell, table} from '../parts.js';

/** How many rows the totals begin with. */
export const FIRST = 50;

/** One row for each model, key, …; those that the chart shows have its colours. */
export function totals(ranked, {series, read, group}) {
    let shown = FIRST;
    const body = h('tbody');
    const more = h('p.cut');
    const fill = () => {
        replace(
            body,
            ranked.slice(0, shown).map(sum => totalRow(sum, read(sum[group.id]), series, group)),
        );
        replace(
            more,
            ranked.length > shown && [
                `The first ${amount(shown)} of ${amount(ranked.length)}. `,
                h(
                    'button.more',
                    {
                        type: 'button',
                        onclick: () => {
                            shown *= 4;
                            fill();
                        },
                    },
                    'Show more',
                ),
            ],
        );
    };
    fill();
    return h(
        'div',
        table(
            `By ${group.text.toLowerCase()}`,
            [
                group.text,
                {text: 'Cost', class: 'num'},
                {text: 'Calls', class: 'num'},
                {text: 'Errors', class: 'num'},
                {text: 'Tokens in', class: 'num'},
                {text: 'From caches', class: 'num'},
                {text: 'Tokens out', class: 'num'},
                {text: 'First byte', class: 'num'},
            ],
            body,
        ),
        more,
    );
}

function totalRow(sum, {text, href}, series, group) {
    const name = String(sum[group.id]);
    const index = series.findIndex(one => one.name === name);
    return h(
        'tr',
        cell(
            group.text,
            h(
                'span.series',
                index >= 0 ? swatch(name, index) : h('i.swatch.is-none', {'aria-hidden': 'true'}),
                href ? h('a', {href}, text) : h('span', text),
            ),
            {class: 'main'},
        ),
        cell(
            'Cost',
            h(
                'span.stack',
                h('span', sum.unpriced_calls === sum.calls ? h('span.is-warn', 'unknown') : money(sum.cost_usd)),
                sum.unpriced_calls > 0 &&
                    sum.unpriced_calls < sum.calls &&
                    h('span.sub.is-warn', `and ${plural(sum.unpriced_calls, 'call')} unpriced`),
                sum.estimated_calls > 0 && h('span.sub', `${amount(sum.estimated_calls)} estimated`),
            ),
            {class: 'num'},
        ),
        cell('Calls', amount(sum.calls), {class: 'num'}),
        cell('Errors', sum.errors ? h('span.is-error', amount(sum.errors)) : '0', {class: 'num'}),
        cell('Tokens in', amount(sum.input_tokens), {class: 'num'}),
        cell('From caches', amount(sum.cached_tokens), {class: 'num'}),
        cell('Tokens out', amount(sum.output_tokens), {class: 'num'}),
        cell('First byte', isNumber(sum.first_byte_ms) ? duration(sum.first_byte_ms) : h('span.none', '–'), {
            class: 'num',
        }),
    );
}

/** One row for each place of the chart at which there is something, the latest first. */
export function courseTable({time, points, series, measure}) {
    const at = new Map();
    for (const {x, name, y} of points) at.set(`${x} ${name}`, (at.get(`${x} ${name}`) ?? 0) + y);
    const rows = time.xs.filter(x => series.some(({name}) => at.get(`${x} ${name}`))).reverse();
    return table(
        'The chart as a table',
        ['When', ...series.map(({text}) => ({text, class: 'num'}))],
        h(
            'tbody',
            rows.map(x =>
                h(
                    'tr',
                    cell('When', time.moment(x), {class: 'main'}),
                    series.map(({name, text}) =>
                        cell(
                            text,
                            at.has(`${x} ${name}`) ? measure.value(at.get(`${x} ${name}`)) : h('span.none', '–'),
                            {class: 'num'},
                        ),
                    ),
                ),
            ),
        ),
    );
}
