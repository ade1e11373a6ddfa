// SPDX-License-Identifier: Apache-2.0
// A call on a screen: what was done, in words and upon the picture of before, and the screen afterwards.

import {h} from '../dom.js';
import {plain} from '../format.js';
import {wordsOf} from './marks.js';
import {pictureView} from './picture.js';

export function screenView({acts, before, marks, after}) {
    const words = acts.map(act => plain(wordsOf(act, before)));
    const told = words.join('; ').slice(0, 400);
    return [
        acts.length > 1
            ? h(
                  'ol.acts',
                  words.map(text => h('li', text)),
              )
            : h('p.acts', words[0]),
        (before || after) &&
            h(
                'div.shots',
                before && shot('Before', pictureView(before, {alt: `The screen before: ${told}`, marks})),
                after && shot('After', pictureView(after, {alt: `The screen after: ${told}`})),
            ),
    ];
}

const shot = (name, view) => h('figure', view, h('figcaption', name));
