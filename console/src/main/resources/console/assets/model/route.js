// SPDX-License-Identifier: Apache-2.0

import {h} from '../dom.js';
import {amount, isNumber, plain} from '../format.js';
import {cell, table} from '../parts.js';
import {errorText, healthDot, latency, share} from '../upstream/health.js';

/** The upstreams of a model, those first that are asked first. */
export const routeTable = served =>
    table(
        'Where its calls go',
        [
            'Upstream',
            'State',
            {text: 'Calls', class: 'num'},
            {text: 'Errors', class: 'num'},
            {text: 'p50', class: 'num'},
            {text: 'p95', class: 'num'},
            {text: 'Asked', class: 'num'},
        ],
        h('tbody', served.map(row)),
    );

function row({name, as, priority, weight, upstream}) {
    const health = upstream?.health ?? {};
    return h(
        'tr',
        cell('Upstream', [h('strong.name', plain(name ?? 'nobody')), as && h('span.sub.mono', `as ${plain(as)}`)], {
            class: 'main',
        }),
        cell('State', upstream ? healthDot(upstream) : h('span.none', '–')),
        cell('Calls', share(health.calls), {class: 'num'}),
        cell('Errors', errorText(health), {class: 'num'}),
        cell('p50', latency(health.p50_ms), {class: 'num'}),
        cell('p95', latency(health.p95_ms), {class: 'num'}),
        cell(
            'Asked',
            isNumber(priority) ? [`priority ${amount(priority)}`, h('span.sub', `weight ${amount(weight)}`)] : 'always',
            {class: 'num'},
        ),
    );
}
