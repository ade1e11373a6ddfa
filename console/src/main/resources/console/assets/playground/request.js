// SPDX-License-Identifier: Apache-2.0
// The request as it goes out. Whoever edits it by hand sends what stands there, whatever the form says.

import {h, replace} from '../dom.js';
import {copyButton} from '../parts.js';
import {address} from './call.js';

/** `{pane, body(), isByHand(), draw(path, body)}`; `again` is called when the form's request is wanted back. */
export function requestPane(again) {
    let byHand = false;
    const body = h('textarea.raw', {
        rows: 16,
        spellcheck: 'false',
        'aria-label': 'The request’s body',
        oninput: () => {
            byHand = true;
            drawNote();
        },
    });
    const where = h('p.mono.quiet');
    const note = h('p.hint', {role: 'status'});
    const takeBack = () => {
        byHand = false;
        again();
    };
    const drawNote = () =>
        replace(
            note,
            byHand && [
                'Edited by hand: this is sent as it stands. ',
                h('button.more', {type: 'button', onclick: takeBack}, 'Take the form’s again'),
            ],
        );
    return {
        pane: h(
            'section.card.pane',
            {'aria-label': 'The request'},
            h(
                'div.pane-head',
                h('h2', 'Request'),
                copyButton(() => body.value, 'Copy the request'),
            ),
            where,
            h('div.field', body),
            note,
        ),
        body: () => body.value,
        isByHand: () => byHand,
        draw: (path, asked) => {
            replace(where, `POST ${address(path)}`);
            if (!byHand) body.value = JSON.stringify(asked, null, 2);
            drawNote();
        },
    };
}
