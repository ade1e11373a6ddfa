// SPDX-License-Identifier: Apache-2.0
// A list as long as may be, of which only what is near stands in the document.

import {h, keyed} from '../dom.js';

/** So many rows come and go together. */
const ROWS = 40;
const NEAR = '1200px 0px';
/** What a row is taken to be as high as, while none has been seen. */
const GUESS_PX = 120;

/**
 * `draw(rows, {key, signature, render})` brings the list in line with its rows, `show(index)` gives the element of one of
 * them, which stands in the document from then on. What a reader opened in a row is open when it comes back.
 *
 * @param selector of the lists that it is made of
 * @param mark is told of each element and row that is drawn, and again with `remark()`
 * @param stays whether a row may never leave, as one that plays a film
 */
export function windowed(place, {selector = 'ol.timeline', mark = () => {}, stays = () => false, signal}) {
    const pieces = [];
    const folds = new Map();
    let rows = [];
    let drawing = null;
    let likely = GUESS_PX;

    const observer = new IntersectionObserver(
        seen => {
            // Of two looks at the same piece the later one counts.
            const last = new Map(seen.map(({target, isIntersecting}) => [target, isIntersecting]));
            steady(() => {
                for (const piece of pieces) {
                    if (!last.has(piece.element)) continue;
                    if (last.get(piece.element)) fill(piece);
                    else empty(piece);
                }
            });
        },
        {rootMargin: NEAR},
    );
    signal.addEventListener('abort', () => observer.disconnect(), {once: true});

    const of = piece => rows.slice(piece.from, piece.from + ROWS);

    function fill(piece) {
        piece.element.classList.remove('is-away');
        const isFresh = !piece.isFilled;
        keyed(piece.element, of(piece), drawing);
        piece.isFilled = true;
        if (isFresh)
            for (const fold of foldsIn(piece))
                if (folds.has(fold.dataset.fold)) fold.open = folds.get(fold.dataset.fold);
        marked(piece);
    }

    function empty(piece) {
        if (!piece.isFilled || piece.element.contains(document.activeElement) || of(piece).some(stays)) return;
        for (const fold of foldsIn(piece)) folds.set(fold.dataset.fold, fold.open);
        away(piece, piece.element.offsetHeight);
    }

    function away(piece, height) {
        piece.isFilled = false;
        piece.element.style.setProperty('--height', `${height}px`);
        piece.element.classList.add('is-away');
        piece.element.replaceChildren();
    }

    function marked(piece) {
        [...piece.element.children].forEach((element, index) => {
            if (rows[piece.from + index] !== undefined) mark(element, rows[piece.from + index]);
        });
    }

    /** What is looked at stays where it is, whatever grows or shrinks above it. */
    function steady(change) {
        const anchor = scrollY > 0 ? firstSeen() : null;
        const before = anchor?.getBoundingClientRect().top;
        change();
        const moved = anchor?.isConnected ? anchor.getBoundingClientRect().top - before : 0;
        if (moved) scrollBy(0, moved);
    }

    function firstSeen() {
        for (const {element, isFilled} of pieces) {
            if (!isFilled || element.getBoundingClientRect().bottom <= 0) continue;
            for (const child of element.children) if (child.getBoundingClientRect().bottom > 0) return child;
        }
        return null;
    }

    function draw(next, how) {
        rows = next;
        drawing = how;
        const wanted = Math.max(1, Math.ceil(rows.length / ROWS));
        steady(() => {
            while (pieces.length > wanted) {
                const {element} = pieces.pop();
                observer.unobserve(element);
                element.remove();
            }
            for (const piece of pieces) if (piece.isFilled) fill(piece);
            // Who reads the end of what grows goes on reading there.
            const goesOn = wanted === pieces.length + 1 && (pieces.at(-1)?.isFilled ?? true);
            while (pieces.length < wanted) {
                const piece = {element: h(selector), from: pieces.length * ROWS, isFilled: false};
                pieces.push(piece);
                place.append(piece.element);
                if (pieces.length === 1 || goesOn) fill(piece);
                else away(piece, of(piece).length * likely);
                if (pieces.length === 1 && rows.length)
                    likely = Math.max(24, piece.element.offsetHeight / of(piece).length);
                observer.observe(piece.element);
            }
        });
    }

    function show(index) {
        const piece = pieces[Math.floor(index / ROWS)];
        if (!piece || !rows.length) return null;
        if (!piece.isFilled) fill(piece);
        return piece.element.children[index - piece.from] ?? null;
    }

    return {
        draw,
        show,
        /** Of what is in the document. */
        remark: () => pieces.filter(piece => piece.isFilled).forEach(marked),
        rows: () => rows,
    };
}

const foldsIn = ({element}) => element.querySelectorAll('details[data-fold]');
