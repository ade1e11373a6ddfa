// SPDX-License-Identifier: Apache-2.0
// Reads a timeline page by page and remembers how far it came.

import {get} from '../api.js';

const LIMIT = 500;

/** So many entries a page shows at first; whoever wants more asks for as many again. */
const FIRST = 2000;

/**
 * `read` fetches what is new and answers `{entries, cut}`: all entries in order, and whether there are more than wanted. Pages follow the
 * order of the timeline, not of arrival: where an entry came late or the run was begun again, everything is read anew.
 */
export function timelineReader(address, signal) {
    let known = new Map();
    let cursor = null;
    let attempts = null;
    let wanted = FIRST;

    const forget = () => {
        known = new Map();
        cursor = null;
    };

    const readOn = async ({anew = false} = {}) => {
        if (anew) forget();
        let complete = cursor === null;
        for (;;) {
            const page = await get(address, {query: {cursor, limit: LIMIT}, signal});
            if (attempts !== null && attempts !== page.attempts && cursor !== null) {
                attempts = page.attempts;
                forget();
                complete = true;
                continue;
            }
            attempts = page.attempts;
            for (const entry of page.entries ?? []) known.set(entry.id, entry);
            cursor = page.next ?? cursor;
            if (page.more && known.size < wanted) continue;
            const entries = [...known.values()];
            const latest = page.latest_seq ?? -1;
            if (page.more || complete || latest < 0 || entries.some(entry => entry.seq >= latest))
                return {entries, cut: Boolean(page.more)};
            forget();
            complete = true;
        }
    };

    // One after the other: both would go on from the same place.
    let turn = Promise.resolve();
    const read = options => (turn = turn.catch(() => {}).then(() => readOn(options)));

    const wantMore = () => {
        wanted += FIRST;
    };

    return {read, wantMore};
}
