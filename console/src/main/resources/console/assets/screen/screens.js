// SPDX-License-Identifier: Apache-2.0
// Which picture each call on a screen was made upon, and what it left.

import {actsOf} from './acts.js';
import {marksOf} from './marks.js';
import {pictureOf} from './picture.js';

/**
 * Gives every call on a screen `{acts, before, marks, after}`: the picture of that screen as it was before the call, the
 * marks upon it, and the picture with which the call was answered; null where there is none. All else is left as it is.
 */
export function withScreens(items) {
    const screens = new Map();
    for (const turn of items) {
        for (const item of turn.calls ?? []) {
            const read = actsOf(item.call.name, item.call.arguments);
            if (!read) continue;
            const {acts} = read;
            const screen = screens.get(read.screen) ?? {picture: null, pointer: null};
            const before = screen.picture;
            const {marks, pointer} = before ? marksOf(acts, before, screen.pointer) : {marks: [], pointer: null};
            const after = pictures(item.answer).at(-1) ?? null;
            item.screen = {acts, before: marks.length ? before : null, marks, after};
            // A closer look is a piece of the screen: nobody acts upon it.
            const isWhole = after && acts.at(-1).kind !== 'zoom';
            screens.set(read.screen, {
                picture: isWhole ? after : before,
                pointer: placed(acts, isWhole ? after : before, pointer),
            });
        }
    }
    return items;
}

/** Of a screen that was seen for the first time after the call, where the call left the pointer. */
const placed = (acts, picture, pointer) => pointer ?? (picture ? marksOf(acts, picture, null).pointer : null);

const pictures = answer => (answer?.content ?? []).map(pictureOf).filter(Boolean);
