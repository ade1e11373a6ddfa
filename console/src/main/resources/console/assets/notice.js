// SPDX-License-Identifier: Apache-2.0
// One quiet line above the page.

import {h, replace} from './dom.js';

export function notice(text) {
    const place = document.getElementById('notice');
    if ((place.textContent || null) === text) return;
    replace(place, text && h('p', text));
}
