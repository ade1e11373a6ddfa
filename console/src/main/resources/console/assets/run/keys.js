// SPDX-License-Identifier: Apache-2.0
// The keyboard of a run's page.

import {openDialog} from '../dialog.js';
import {h} from '../dom.js';

const KEPT = 'assay.keys';
const WRITTEN_IN = 'input:not([type=range]), textarea, select, video, [contenteditable]';
const isOn = () => localStorage.getItem(KEPT) !== 'off';

/** @param keys lists of `[key, what it is called, what it does, act]`; several may have one call */
export function listenToKeys(keys, signal) {
    const known = new Map(keys.map(([key, , , act]) => [key, act]));
    known.set('?', () => showKeys(keys));
    addEventListener(
        'keydown',
        event => {
            if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
            if (document.querySelector('dialog[open]') || event.target.closest?.(WRITTEN_IN)) return;
            // Of its own accord a button is pressed with the space bar, and a strip or a bar goes to the side.
            if (event.key === ' ' && event.target.closest?.('button, summary')) return;
            if (event.key.startsWith('Arrow') && event.target.closest?.('.strip, input')) return;
            // Letters alone may be turned off: who dictates speaks many of them.
            if (!isOn() && event.key !== '?') return;
            const act = known.get(event.key);
            if (!act) return;
            event.preventDefault();
            act();
        },
        {signal},
    );
    return h(
        'button.more',
        {type: 'button', 'aria-label': 'Keys', title: 'Keys (?)', onclick: () => showKeys(keys)},
        '?',
    );
}

function showKeys(keys) {
    const on = h('input', {
        type: 'checkbox',
        checked: isOn(),
        onchange: () => (on.checked ? localStorage.removeItem(KEPT) : localStorage.setItem(KEPT, 'off')),
    });
    const rows = new Map();
    for (const [, name, text] of keys) rows.set(text, [...(rows.get(text) ?? []), name]);
    rows.set('shows these keys', ['?']);
    openDialog(
        'Keys',
        {},
        h(
            'div.viewer-content',
            h(
                'dl.keys',
                [...rows].map(([text, names]) =>
                    h(
                        'div',
                        h(
                            'dt',
                            names.map(name => h('kbd', name)),
                        ),
                        h('dd', text),
                    ),
                ),
            ),
            h('label.switch', on, ' Listen to these keys'),
        ),
    );
}
