// SPDX-License-Identifier: Apache-2.0
// Reads a timeline page by page and remembers how far it came.

import {ApiError, get} from '../api.js';

const LIMIT = 500;

/** The run has begun again, or the platform is of another release than when the cursor was given. */
const isOfNoUse = failure => failure instanceof ApiError && [400, 409].includes(failure.status);

/** So many entries a page shows at first; whoever wants more asks for as many again. */
const FIRST = 2000;

/**
 * `read` fetches what is new and answers `{entries, cut, cleared, facts}`: all entries in order, whether there are more than
 * wanted, when those of before were deleted, and what is on record of the run. Pages follow the
 * order of the timeline, not of arrival: where an entry came late or the run was begun again, everything is read anew.
 */
export function timelineReader(address, signal, {attempt = null} = {}) {
    let known = new Map();
    let cursor = null;
    let wanted = FIRST;
    let facts = {};

    const forget = () => {
        known = new Map();
        cursor = null;
    };

    const readOn = async ({anew = false} = {}) => {
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
            for (const entry of page.entries ?? []) known.set(entry.id, entry);
            cursor = page.next ?? cursor;
            if (page.more && known.size < wanted) continue;
            const entries = [...known.values()];
            const latest = page.latest_seq ?? -1;
            if (page.more || complete || latest < 0 || entries.some(entry => entry.seq >= latest))
                return {entries, cut: Boolean(page.more), cleared: page.cleared_at, facts};
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
