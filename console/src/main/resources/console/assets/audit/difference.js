// SPDX-License-Identifier: Apache-2.0
// Before and after, member by member: what came, what went, what is another.

import {h} from '../dom.js';
import {json, plain} from '../format.js';

/** `[{path, before, after}]` of all members that differ; undefined: it is not there. */
export function differences(before, after, path = '') {
    if (isTree(before) && isTree(after)) {
        const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
        return names.flatMap(name => differences(before[name], after[name], path ? `${path}.${name}` : name));
    }
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{path, before, after}];
}

const isTree = value => value !== null && typeof value === 'object' && !Array.isArray(value);

export function differenceList(entry) {
    const isChange = entry.before && entry.after;
    // Of what came or went, only what it had.
    const lines = differences(entry.before ?? {}, entry.after ?? {}).filter(
        ({before, after}) => isChange || (before ?? after ?? null) !== null,
    );
    if (!lines.length) return h('span.none', 'nothing is told');
    return h(
        'dl.differences',
        lines.map(({path, before, after}) =>
            h(
                'div',
                h('dt', plain(path || 'all of it')),
                h(
                    'dd',
                    before !== undefined && h('del', text(before)),
                    before !== undefined && after !== undefined && h('span.arrow', {'aria-label': 'became'}, '→'),
                    after !== undefined && h('ins', text(after)),
                ),
            ),
        ),
    );
}

const SHORT = 80;

function text(value) {
    if (value === null) return 'nothing';
    if (typeof value !== 'object') return plain(value);
    const line = plain(JSON.stringify(value));
    return line.length <= SHORT ? line : json(value);
}
