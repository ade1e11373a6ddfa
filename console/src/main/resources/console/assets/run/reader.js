// SPDX-License-Identifier: Apache-2.0
// Reads a timeline page by page and remembers how far it came.

import {get} from '../api.js';

const LIMIT = 500;

/**
 * A function that fetches what is new and returns all entries in order. Pages follow the order of the timeline, not of arrival:
 * where an entry came late or the run was begun again, everything is read anew.
 */
export function timelineReader(address, signal) {
    let known = new Map();
    let after = null;
    let attempts = null;

    const forget = () => {
        known = new Map();
        after = null;
    };

    return async ({anew = false} = {}) => {
        if (anew) forget();
        let complete = after === null;
        for (;;) {
            const page = await get(address, {query: {after, limit: LIMIT}, signal});
            if (attempts !== null && attempts !== page.attempts && after !== null) {
                attempts = page.attempts;
                forget();
                complete = true;
                continue;
            }
            attempts = page.attempts;
            for (const entry of page.entries ?? []) known.set(entry.id, entry);
            after = page.entries?.at(-1)?.seq ?? after;
            if (isNext(page)) continue;
            const entries = [...known.values()];
            if (complete || entries.some(entry => entry.seq >= (page.latest_seq ?? -1)) || !(page.latest_seq >= 0))
                return entries;
            forget();
            complete = true;
        }
    };
}

const isNext = page => page.next !== null && page.next !== undefined && page.entries?.length > 0;
