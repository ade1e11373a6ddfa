// SPDX-License-Identifier: Apache-2.0
// What a step is made of, raw.

import {openDialog} from '../dialog.js';
import {h} from '../dom.js';
import {json} from '../format.js';
import {copyButton, longText} from '../parts.js';
import {titleOf} from './entries.js';

/** Everything that the platform tells of a step, as it tells it. */
export function jsonButton(item) {
    const value = () => {
        if (item.child) return item.child;
        const parts = [item.entry, ...(item.calls ?? []).map(({answer}) => answer), ...(item.entries ?? [])];
        const all = [...new Set(parts.filter(Boolean))];
        return all.length === 1 ? all[0] : all;
    };
    return h(
        'button.json',
        {
            type: 'button',
            'aria-label': `JSON of ${titleOf(item)}`,
            onclick: () =>
                openDialog(
                    `JSON of ${titleOf(item)}`,
                    {about: copyButton(() => JSON.stringify(value(), null, 2), 'Copy the JSON')},
                    h('div.viewer-content', longText(json(value()), {lines: 400, characters: 60_000})),
                ),
        },
        'JSON',
    );
}
