// SPDX-License-Identifier: Apache-2.0
// Pictures that a run made: drawn if their bytes are of a kind and size that a browser may draw, when somebody comes near, and large in
// a window of their own. All else is a file.

import {openDialog} from '../dialog.js';
import {h, svg} from '../dom.js';
import {plain} from '../format.js';
import {pictureSize} from './size.js';

const MOST_CHARACTERS = 24 * 1024 * 1024;
const MOST_PIXELS = 50_000_000;
/** In which a picture's header must stand. A multiple of four. */
const HEADER_CHARACTERS = 256 * 1024;

const known = new WeakMap();

/**
 * `{data, type, width, height}` of a content block that is a picture to draw; null: it is none. What a block says of its
 * type is not asked.
 */
export function pictureOf(block) {
    if (block === null || typeof block !== 'object' || block.type !== 'image' || typeof block.data !== 'string')
        return null;
    if (!known.has(block)) known.set(block, read(block.data));
    return known.get(block);
}

function read(data) {
    const bytes = data.length <= MOST_CHARACTERS ? bytesOf(data.slice(0, HEADER_CHARACTERS)) : null;
    const size = bytes && pictureSize(bytes);
    return size && size.width * size.height <= MOST_PIXELS ? {data, ...size} : null;
}

/** Null where it is no base64. */
export function bytesOf(base64) {
    try {
        return Uint8Array.from(atob(base64), character => character.charCodeAt(0));
    } catch {
        return null;
    }
}

/** A picture with marks upon it, as a button that opens it large. `alt` says what it shows, `marks` what lies over it. */
export function pictureView(picture, {alt, marks = []}) {
    return h(
        'button.shot',
        {
            type: 'button',
            'aria-label': `${alt}. Open large`,
            vars: {'--width': `${picture.width}px`},
            onclick: () => openLarge(picture, {alt, marks}),
        },
        framed(picture, {alt, marks}),
    );
}

const framed = (picture, {alt, marks}) =>
    h('span.frame', lazy(picture, alt), marks.length > 0 && marksView(marks, picture));

const near = new IntersectionObserver(
    entries => {
        for (const {isIntersecting, target} of entries) {
            if (!isIntersecting) continue;
            near.unobserve(target);
            waiting.get(target)?.();
        }
    },
    {rootMargin: '600px'},
);
const waiting = new WeakMap();

/** Its bytes are unpacked when it comes near. Once it is drawn, or cannot be, nobody needs its address any more. */
export function lazy(picture, alt) {
    const image = h('img', {alt, width: picture.width, height: picture.height});
    waiting.set(image, () => {
        waiting.delete(image);
        const bytes = bytesOf(picture.data);
        const broken = () => image.replaceWith(h('span.none', 'A picture that cannot be read'));
        if (!bytes) return broken();
        const address = URL.createObjectURL(new Blob([bytes], {type: picture.type}));
        const forget = () => URL.revokeObjectURL(address);
        image.addEventListener('load', forget);
        image.addEventListener('error', () => {
            forget();
            broken();
        });
        image.src = address;
    });
    near.observe(image);
    return image;
}

const openLarge = (picture, {alt, marks}) =>
    openDialog(
        alt,
        {about: h('span.size', `${picture.width} × ${picture.height}`)},
        h('div.viewer-body', framed(picture, {alt, marks})),
    );

/** Over a picture, in its pixels: ways and boxes as lines, all that has one place as signs of a size that does not follow the picture's. */
function marksView(marks, {width, height}) {
    const lines = svg('svg', {viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none'});
    const signs = [];
    const sign = (at, mark, ...classes) =>
        signs.push(
            h(`i.${['sign', ...classes].join('.')}`, {
                class: mark.outside && 'is-outside',
                vars: {'--x': `${(100 * at.x) / width}%`, '--y': `${(100 * at.y) / height}%`},
            }),
        );
    const labelled = [];
    const label = (at, text, number) => {
        // What lies at about the same place stands below each other.
        const under = labelled.filter(
            ({x, y}) => Math.abs(x - at.x) < width / 5 && Math.abs(y - at.y) < height / 12,
        ).length;
        labelled.push(at);
        signs.push(
            h(
                'b',
                {
                    class: `${at.x > width * 0.6 ? 'is-left' : ''} ${at.y > height * 0.85 ? 'is-above' : ''}`,
                    vars: {'--x': `${(100 * at.x) / width}%`, '--y': `${(100 * at.y) / height}%`, '--under': under},
                },
                number && h('em', number),
                text && h('span', plain(text)),
            ),
        );
    };
    marks.forEach((mark, index) => {
        const number = marks.length > 1 ? index + 1 : null;
        const at = mark.at ?? mark.path?.at(-1) ?? mark.box[0];
        if (mark.path) {
            const points = mark.path.map(({x, y}) => `${x},${y}`).join(' ');
            lines.append(svg('polyline', {points, class: 'halo'}), svg('polyline', {points}));
            sign(mark.path[0], mark, 'is-start');
            sign(at, mark, 'is-end');
        } else if (mark.box) {
            const [from, to] = mark.box;
            const box = {
                x: Math.min(from.x, to.x),
                y: Math.min(from.y, to.y),
                width: Math.abs(to.x - from.x),
                height: Math.abs(to.y - from.y),
            };
            lines.append(svg('rect', {...box, class: 'halo'}), svg('rect', box));
        } else
            sign(
                at,
                mark,
                `is-${SIGNS[mark.kind] ?? 'place'}`,
                ...(mark.way && WAYS.has(mark.way) ? [`is-${mark.way}`] : []),
            );
        if (mark.label || number) label(at, mark.label, number);
    });
    return h('span.marks', {'aria-hidden': 'true'}, lines, signs);
}

const SIGNS = {
    click: 'click',
    press: 'click',
    release: 'click',
    move: 'place',
    scroll: 'scroll',
    type: 'caret',
    keys: 'caret',
};
const WAYS = new Set(['up', 'down', 'left', 'right']);
