// SPDX-License-Identifier: Apache-2.0
// From acts on a screen to marks on its picture, and to the words that say the same.

import {plural} from '../format.js';
import {pixelOf} from './acts.js';

/**
 * The marks of some acts on a picture of this size, each with what there is of `at`, `path` and `box` in its pixels, `label` to stand
 * beside it and `outside`: drawn at the edge, for the place is none of the picture. An act without a place stands where the pointer is.
 * `pointer` is where it is afterwards; null: nobody knows.
 */
export function marksOf(acts, size, pointer = null) {
    const marks = [];
    for (const act of acts) {
        const places = (act.path ?? (act.at ? [act.at] : [])).map(place => pixelOf(place, size, act.inset));
        const isKnown = act.kind !== 'click' || !act.on;
        if (act.path && places.length > 1)
            marks.push({kind: act.kind, path: places.map(place => kept(place, size)), label: labelOf(act)});
        else if (act.box) marks.push({kind: act.kind, box: act.box.map(place => kept(place, size)), label: null});
        else if (DRAWN.has(act.kind) && isKnown) {
            const at = places[0] ?? pointer;
            marks.push({
                kind: act.kind,
                way: act.way,
                at: at && kept(at, size),
                outside: Boolean(at) && isOutside(at, size),
                label: labelOf(act),
            });
        }
        pointer = places.at(-1) ?? (act.on ? null : pointer);
    }
    return {marks: marks.filter(mark => mark.at || mark.path || mark.box || mark.label), pointer};
}

const DRAWN = new Set(['click', 'press', 'release', 'move', 'scroll', 'type', 'keys']);

const isOutside = ({x, y}, {width, height}) => x < 0 || y < 0 || x >= width || y >= height;
const kept = ({x, y}, {width, height}) => ({x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height)});

/** Short: it lies over the picture. */
function labelOf(act) {
    const beginning = act.text && act.text.length > 28 ? `${act.text.slice(0, 27)}…` : act.text;
    switch (act.kind) {
        case 'click':
            return (
                [act.held, act.times > 1 ? `${act.times} ×` : null, act.button === 'left' ? null : act.button]
                    .filter(Boolean)
                    .join(' ') || null
            );
        case 'press':
            return 'press';
        case 'release':
            return 'release';
        case 'scroll':
            return act.note;
        case 'type':
            return beginning && `“${beginning.replace(/\s+/g, ' ')}”`;
        case 'keys':
            return beginning;
        case 'drag':
            return act.held ?? null;
        default:
            return null;
    }
}

const CLICKS = {1: 'click', 2: 'double click', 3: 'triple click'};

/** An act in words. With a size places are told in its pixels, else as they were given. */
export function wordsOf(act, size = null) {
    const place = at => {
        if (at.grid && !size) return `${round(at.x)}, ${round(at.y)} of 1000`;
        const {x, y} = size ? pixelOf(at, size, act.inset) : at;
        return `${round(x)}, ${round(y)}${size && isOutside({x, y}, size) ? ' (outside the picture)' : ''}`;
    };
    const at = act.at ? ` at ${place(act.at)}` : '';
    const held = act.held ? ` with ${act.held}` : '';
    const note = act.note ? `, ${act.note}` : '';
    switch (act.kind) {
        case 'click': {
            const click = `${act.button === 'left' ? (act.times > 1 ? '' : 'left ') : `${act.button} `}${CLICKS[act.times] ?? 'click'}`;
            return sentence(`${click}${act.on ? ` on ${act.on}` : at || ' where the pointer is'}${held}`);
        }
        case 'press':
            return `Button down${at}`;
        case 'release':
            return `Button up${at}`;
        case 'move':
            return `Pointer to ${act.at ? place(act.at) : 'no place'}`;
        case 'drag':
            if (act.path.length < 2) return 'Drag without a way';
            return `Drag from ${place(act.path[0])} to ${place(act.path.at(-1))}${byWayOf(act.path.length - 2)}${held}`;
        case 'scroll':
            return `Scroll${act.way ? ` ${act.way}` : ''}${note}${at}${held}`;
        case 'type':
            return `Type ${act.text ? `“${act.text}”` : 'nothing'}${at}${note}`;
        case 'keys':
            return `Press ${act.text ?? 'no key'}${note}`;
        case 'zoom':
            return act.box
                ? `Look closely at ${place(act.box[0])} to ${place(act.box[1])}`
                : 'Look closely at no place';
        case 'open':
            return `Open ${act.text}`;
        case 'wait':
            return `Wait ${act.note}`;
        default:
            return 'Look at the screen';
    }
}

const byWayOf = count => (count > 0 ? ` by way of ${plural(count, 'place')}` : '');
const round = value => String(Math.round(value * 10) / 10);
const sentence = text => text[0].toUpperCase() + text.slice(1);
