// SPDX-License-Identifier: Apache-2.0
// A difference with what was on the left and what is on the right.

import {h} from '../dom.js';
import {plain} from '../format.js';

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/**
 * Rows of the lines of a unified difference: `{hunk}`, or `{left, right}` with a line's `{number, text, changed}` each. What was taken away
 * stands beside what came in its place, null beside what has no counterpart.
 */
export function sidesOf(lines) {
    const rows = [];
    let [left, right] = [1, 1];
    let gone = [];
    let come = [];
    const settle = () => {
        for (let at = 0; at < Math.max(gone.length, come.length); at += 1)
            rows.push({left: gone[at] ?? null, right: come[at] ?? null});
        gone = [];
        come = [];
    };
    for (const line of lines) {
        const hunk = HUNK.exec(line);
        if (line[0] === '-') gone.push({number: left++, text: line.slice(1), changed: true});
        else if (line[0] === '+') come.push({number: right++, text: line.slice(1), changed: true});
        else {
            settle();
            if (hunk) {
                [left, right] = [Number(hunk[1]), Number(hunk[2])];
                rows.push({hunk: line});
            } else if (line[0] === ' ')
                rows.push({
                    left: {number: left++, text: line.slice(1), changed: false},
                    right: {number: right++, text: line.slice(1), changed: false},
                });
            else if (line) rows.push({hunk: line});
        }
    }
    settle();
    return rows;
}

export const splitView = lines =>
    h(
        'div.diff.split',
        sidesOf(lines).map(({hunk, left, right}) =>
            hunk ? h('div.hunk', plain(hunk)) : h('div.row', half(left, '−', 'minus'), half(right, '+', 'plus')),
        ),
    );

const half = (line, sign, change) =>
    line
        ? [
              h('span.number', `${line.number} ${line.changed ? sign : ' '}`),
              h('code', {class: line.changed && change}, plain(line.text)),
          ]
        : [h('span.number'), h('code.nothing')];
