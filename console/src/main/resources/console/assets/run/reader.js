// SPDX-License-Identifier: Apache-2.0
// Reads a timeline page by page and remembers how far it came.

import {get} from '../api.js';

const LIMIT = 500;

/** A function that fetches what is new and returns everything known so far. */
export function timelineReader(address, signal) {
    const known = [];
    let after = null;
    return async () => {
        for (;;) {
            const page = await get(address, {query: {after, limit: LIMIT}, signal});
            const entries = Array.isArray(page) ? page : page.entries ?? page.items ?? page.spans ?? [];
            known.push(...entries);
            after = page.next ?? page.next_after ?? page.cursor ?? page.latest_seq ?? entries.at(-1)?.seq ?? after;
            if (entries.length < LIMIT) return known;
        }
    };
}
