// SPDX-License-Identifier: Apache-2.0
// A window over the page. Closed with Escape, with its button, beside it, and when the page is left.

import {h} from './dom.js';

/** @param title a text; `about` may stand beside it */
export function openDialog(title, {about = null}, ...content) {
    const left = new AbortController();
    const dialog = h(
        'dialog.viewer',
        {
            'aria-label': title,
            onclose: () => {
                left.abort();
                dialog.remove();
            },
            onclick: event => event.target === dialog && dialog.close(),
        },
        h(
            'div.viewer-head',
            h('p', title, about),
            h('button.more', {type: 'button', onclick: () => dialog.close()}, 'Close'),
        ),
        content,
    );
    document.body.append(dialog);
    addEventListener('popstate', () => dialog.close(), {signal: left.signal});
    dialog.showModal();
}
