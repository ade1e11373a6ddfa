// SPDX-License-Identifier: Apache-2.0
// What a terminal was told, with the colours that it would have shown. Every other order to a terminal is left out.

import {h} from '../dom.js';
import {plain} from '../format.js';

const COLOUR = /\u001b\[([0-9;]*)m/g;

/** Texts and coloured spans. The text of them all is what `plain` makes of the whole. */
export function colouredView(text) {
    const views = [];
    let style = {};
    let from = 0;
    const add = piece => {
        const shown = plain(piece);
        if (!shown) return;
        const classes = classesOf(style);
        views.push(classes ? h('span', {class: classes}, shown) : shown);
    };
    for (const found of text.matchAll(COLOUR)) {
        add(text.slice(from, found.index));
        from = found.index + found[0].length;
        style = styled(style, found[1]);
    }
    add(text.slice(from));
    return views;
}

function styled(before, codes) {
    let style = before;
    const numbers = codes.split(';').map(Number);
    for (let at = 0; at < numbers.length; at += 1) {
        const code = numbers[at];
        if (code === 0) style = {};
        else if (code === 1) style = {...style, bold: true};
        else if (code === 2) style = {...style, dim: true};
        else if (code === 22) style = {...style, bold: false, dim: false};
        else if (code >= 30 && code <= 37) style = {...style, ink: code - 30};
        else if (code >= 90 && code <= 97) style = {...style, ink: code - 90};
        else if (code === 39) style = {...style, ink: null};
        // Of the hundreds of colours none is shown, and their numbers are no orders of their own.
        else if (code === 38 || code === 48) at += numbers[at + 1] === 5 ? 2 : 4;
    }
    return style;
}

const classesOf = ({ink, bold, dim}) =>
    [Number.isInteger(ink) && `ink-${ink}`, bold && 'is-bold', dim && 'is-dim'].filter(Boolean).join(' ');
