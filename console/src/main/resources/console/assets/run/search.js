// SPDX-License-Identifier: Apache-2.0
// Search within a run: in every text of every entry that has been read, and it says how far that is.

import {h, replace} from '../dom.js';
import {amount, plural} from '../format.js';

const TURN_MS = 10;
/** Longer than any text, and of no letters that somebody looks for. */
const isBytes = (name, value) => name === 'data' && value.length > 2000;

/** Whether a value of any shape has a text that holds these letters, which are lower case. */
export function says(value, needle, name = '') {
    if (typeof value === 'string') return !isBytes(name, value) && value.toLowerCase().includes(needle);
    if (typeof value === 'number') return String(value).includes(needle);
    if (value === null || typeof value !== 'object') return false;
    return Object.entries(value).some(([key, inner]) => says(inner, needle, key));
}

const entriesOf = ({item}) =>
    [item.entry, ...(item.calls ?? []).map(({answer}) => answer), ...(item.entries ?? [])].filter(Boolean);

/**
 * @param here which step the reader is at
 * @param go takes the reader to a step that was found
 * @param changed is told the steps that were found
 * @param readOn reads what has not been read yet
 */
export function search({find, here, go, changed, readOn, signal}) {
    let steps = [];
    let hits = [];
    let about = {cut: false, reading: false, entries: 0};
    let run = 0;
    let needle = '';
    let known = new WeakMap();
    let isFirst = true;

    const input = h('input', {
        type: 'search',
        value: find,
        placeholder: 'Search this run',
        'aria-label': 'Search this run',
        autocomplete: 'off',
        spellcheck: 'false',
        oninput: () => look(),
        onkeydown: event => {
            if (event.key === 'Enter') {
                event.preventDefault();
                next(event.shiftKey ? -1 : 1);
            }
            if (event.key === 'Escape') {
                input.value = '';
                look();
                input.blur();
            }
        },
    });
    const said = h('span.found', {role: 'status'});
    const before = h(
        'button.more',
        {type: 'button', 'aria-label': 'Found before', title: 'Found before (N)', onclick: () => next(-1)},
        '↑',
    );
    const after = h(
        'button.more',
        {type: 'button', 'aria-label': 'Found next', title: 'Found next (n)', onclick: () => next(1)},
        '↓',
    );
    const element = h('search.search', input, before, after, said);

    function hasIt(entry) {
        if (!known.has(entry)) known.set(entry, says(entry, needle));
        return known.get(entry);
    }

    /** A page that searches goes on answering: it looks for some milliseconds at a time. */
    async function look() {
        const wanted = input.value.trim().toLowerCase();
        const mine = ++run;
        if (wanted !== needle) {
            needle = wanted;
            known = new WeakMap();
        }
        const found = [];
        if (needle) {
            let since = performance.now();
            for (const step of steps) {
                if (entriesOf(step).some(hasIt)) found.push(step.index);
                if (performance.now() - since < TURN_MS) continue;
                await new Promise(resolve => setTimeout(resolve));
                if (mine !== run || signal.aborted) return;
                since = performance.now();
            }
        }
        hits = found;
        changed(new Set(hits), needle);
        tell();
    }

    /** The next one from where the reader is, and around at the end. */
    function next(by) {
        if (!hits.length) return;
        const found = by > 0 ? hits.find(hit => hit > here()) : hits.findLast(hit => hit < here());
        go(found ?? hits.at(by > 0 ? 0 : -1));
        tell();
    }

    function tell() {
        before.hidden = after.hidden = !hits.length;
        if (!needle) return void replace(said);
        const where = `in ${amount(about.entries)} ${about.cut ? 'of the run’s entries' : 'entries'}`;
        const at = hits.indexOf(here());
        const what = hits.length
            ? at >= 0
                ? `${amount(at + 1)} of ${plural(hits.length, 'step')}`
                : plural(hits.length, 'step')
            : 'nothing';
        replace(
            said,
            hits.length && at >= 0 ? what : `${what} ${where}`,
            about.cut &&
                (about.reading
                    ? ', still reading'
                    : [', ', h('button.more', {type: 'button', onclick: readOn}, 'search the rest')]),
        );
    }

    before.hidden = after.hidden = true;
    return {
        element,
        input,
        next,
        tell,
        text: () => input.value.trim(),
        take(nextSteps, nextAbout) {
            steps = nextSteps;
            about = nextAbout;
            if (needle || (isFirst && find)) look();
            isFirst = false;
        },
    };
}
