// SPDX-License-Identifier: Apache-2.0
// Reads a timeline page by page and remembers how far it came.

import {ApiError, get} from '../api.js';

const LIMIT = 500;

/** The run has begun again, or the platform is of another release than when the cursor was given. */
const isOfNoUse = failure => failure instanceof ApiError && [400, 409].includes(failure.status);

/** So many entries are shown of a run that stands inside another. */
const FIRST = 2000;

/** Characters of what was read, screenshots above all: more than this is held only for somebody who asks for it. */
const ROOM = 64 * 1024 * 1024;

/**
 * `read` fetches what is new and answers `{entries, cut, full, cleared, facts, version}`: all entries in order, whether
 * there are more, whether they would be too much to hold, when those of before were deleted, what is on record of the run,
 * and a number that changes with the entries. Pages follow the order of the timeline, not of arrival: where an entry came
 * late or the run was begun again, everything is read anew. `readOn` goes on beyond what would be too much, by a page's own
 * refreshing.
 *
 * @param whole whether each `read` goes further than the one before, up to the end; else the first entries are all
 */
export function timelineReader(address, signal, {attempt = null, whole = false} = {}) {
    let known = new Map();
    let cursor = null;
    let wanted = whole ? LIMIT : FIRST;
    let weight = 0;
    let room = ROOM;
    let version = 0;
    let facts = {};

    const forget = () => {
        known = new Map();
        cursor = null;
        weight = 0;
    };

    const readPages = async ({anew = false} = {}) => {
        if (anew) forget();
        let complete = cursor === null;
        for (;;) {
            let page;
            try {
                page = await get(address, {query: {cursor, limit: LIMIT, attempt}, signal});
            } catch (failure) {
                if (cursor === null || !isOfNoUse(failure)) throw failure;
                forget();
                complete = true;
                continue;
            }
            const {entries: unused, ...told} = page;
            // the first page alone has the evaluation
            facts = cursor === null ? told : {...told, evaluation: facts.evaluation};
            for (const entry of page.entries ?? []) {
                known.set(entry.id, entry);
                weight += weightOf(entry);
                version += 1;
            }
            cursor = page.next ?? cursor;
            if (page.more && known.size < wanted && weight < room) continue;
            const entries = [...known.values()];
            if (page.more && whole && known.size >= wanted) wanted *= 2;
            const latest = page.latest_seq ?? -1;
            if (page.more || complete || latest < 0 || entries.some(entry => entry.seq >= latest))
                return {entries, cut: Boolean(page.more), full: weight >= room, cleared: page.cleared_at, facts, version};
            forget();
            complete = true;
        }
    };

    // One after the other: both would go on from the same place.
    let turn = Promise.resolve();
    const read = options => (turn = turn.catch(() => {}).then(() => readPages(options)));

    // For somebody who waits, and as far as there is room: if it fails, asking again goes on.
    const readOn = async refresh => {
        room = weight + ROOM;
        while (!signal.aborted && (await refresh().catch(() => null)) === 0);
    };

    return {read, readOn};
}

/** About as many characters as it has where there are many. */
function weightOf({text, result_text: result, reasoning, content, payload}) {
    let weight = 400 + (text?.length ?? 0) + (result?.length ?? 0) + (reasoning?.length ?? 0);
    for (const block of Array.isArray(content) ? content : []) weight += block?.data?.length ?? 0;
    return weight + (payload?.segment?.data?.length ?? 0);
}
