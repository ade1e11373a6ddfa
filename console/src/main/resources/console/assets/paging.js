// SPDX-License-Identifier: Apache-2.0
// A table that grows by a page at a time.

import {h, replace} from './dom.js';
import {attempt} from './form.js';

/**
 * Adds a page to the table's body, and a button for the next one to the place below it; as often as it is clicked.
 *
 * @param ask reads the page behind a cursor
 * @param again draws the page anew, once nobody is signed in any more
 */
export function paging({rows, row, more, text, ask, again}) {
    const add = page => {
        rows.append(...page.items.map(row));
        replace(
            more,
            page.next &&
                h(
                    'button.more',
                    {
                        type: 'button',
                        onclick: event => {
                            event.target.disabled = true;
                            return attempt(async () => add(await ask(page.next)), {
                                after: again,
                                otherwise: () => (event.target.disabled = false),
                            });
                        },
                    },
                    text,
                ),
        );
    };
    return add;
}
