// SPDX-License-Identifier: Apache-2.0
// Letters that were searched for, lit up where they stand. Nothing in the document is changed for it.

const MOST = 500;

/** @param element null: nothing is lit up any more; `needle` is in lower case */
export function highlight(element, needle = '') {
    const lit = globalThis.CSS?.highlights;
    if (!lit) return;
    lit.delete('found');
    if (!element || !needle) return;
    const ranges = [];
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node && ranges.length < MOST; node = texts.nextNode()) {
        const text = node.data.toLowerCase();
        for (let at = text.indexOf(needle); at >= 0 && ranges.length < MOST; at = text.indexOf(needle, at + needle.length)) {
            // A few letters are of another length in lower case.
            if (at + needle.length > node.length) break;
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + needle.length);
            ranges.push(range);
        }
    }
    if (ranges.length) lit.set('found', new Highlight(...ranges));
}
