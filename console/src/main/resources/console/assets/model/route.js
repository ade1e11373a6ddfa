// SPDX-License-Identifier: Apache-2.0

import {h} from '../dom.js';
import {amount, isNumber, plain} from '../format.js';
import {cell, table} from '../parts.js';
import {healthCells, healthHeads} from '../upstream/health.js';

/** The upstreams of a model, those first that are asked first. */
export const routeTable = served =>
    table(
        'Where its calls go',
        [
            'Upstream',
            ...healthHeads,
            {text: 'Asked', class: 'num'},
        ],
        h('tbody', served.map(row)),
    );

function row({name, as, priority, weight, upstream}) {
    return h(
        'tr',
        cell('Upstream', [h('strong.name', plain(name ?? 'nobody')), as && h('span.sub.mono', `as ${plain(as)}`)], {
            class: 'main',
        }),
        healthCells(upstream),
        cell(
            'Asked',
            isNumber(priority) ? [`priority ${amount(priority)}`, h('span.sub', `weight ${amount(weight)}`)] : 'always',
            {class: 'num'},
        ),
    );
}
