// SPDX-License-Identifier: Apache-2.0
// What stands below a timeline: file changes and debug spans.

import {h, keyed} from '../dom.js';
import {amount, between, day, duration, plain} from '../format.js';
import {fold} from '../parts.js';
import {valueView} from './content.js';
import {filesView} from './files.js';
import {guarded} from './guard.js';

/**
 * What stands below, with `draw({timeline, running})`. How differences are shown is in the address.
 *
 * @param inAddress keeps it there
 */
export function tailOf({query, inAddress}) {
    const element = h('div');
    let isSplit = query.get('diff') === 'split';
    let drawn = null;
    const sides = {
        isSplit: () => isSplit,
        choose: split => {
            isSplit = split;
            inAddress({diff: split ? 'split' : null});
            draw(drawn);
        },
    };
    function draw(told) {
        drawn = told;
        drawTail(element, {...told, sides});
    }
    return {element, draw};
}

/** @param sides how differences are shown: `isSplit()`, and `choose(split)` */
function drawTail(place, {timeline, running, sides}) {
    const {files, debug, start, cleared} = timeline;
    const sections = [
        cleared && ['cleared', cleared, () => h('p.none', `The steps of this run were deleted on ${day(cleared)}.`)],
        running && ['live', '', () => h('p.live', h('i', {'aria-hidden': 'true'}), 'Live: this page follows the run.')],
        files.setup.length + files.changes.length + files.captured.length > 0 && [
            'files',
            JSON.stringify([start, files.setup.length, files.changes.length, files.captured.length, sides.isSplit()]),
            () =>
                h(
                    'section.block.files',
                    h(
                        'div.block-head',
                        h('h2', 'File changes'),
                        files.setup.length + files.changes.length > 0 &&
                            h(
                                'button.chip.wide-only',
                                {type: 'button', 'aria-pressed': String(sides.isSplit()), onclick: () => sides.choose(!sides.isSplit())},
                                'Side by side',
                            ),
                    ),
                    filesView(files, start, sides.isSplit()),
                ),
        ],
        debug.length > 0 && [
            'debug',
            `${start} ${debug.length}`,
            () =>
                h(
                    'section.block',
                    fold('debug', `Debug spans (${amount(debug.length)})`, () => h('ul.debug', debug.map(debugView))),
                ),
        ],
    ].filter(Boolean);
    keyed(place, sections, {
        key: ([name]) => name,
        signature: ([, signature]) => signature,
        render: ([, , render]) =>
            guarded(render, () => h('p.none', 'What stands here is of a shape that cannot be shown.')),
    });
}

function debugView(entry) {
    const {payload} = entry;
    const problem = payload.events?.find(event => event.name === 'exception')?.attributes?.['exception.message'];
    return h(
        'li',
        h('span.mono', plain(entry.name ?? entry.kind)),
        h('span.sub', duration(between(entry.started_at, entry.ended_at))),
        problem && h('span.is-error', plain(problem)),
        payload.events?.length > 0 && fold(entry.id, 'events', () => valueView(payload.events)),
    );
}
