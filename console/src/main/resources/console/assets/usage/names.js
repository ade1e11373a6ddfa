// SPDX-License-Identifier: Apache-2.0
// What the keys and jobs are called that calls were booked to.

import {getIfThere, pageOf} from '../api.js';
import {plain, shortId} from '../format.js';

/** Jobs that are asked for one by one, where the newest two hundred do not hold them. */
const ASKED = 12;

/** Gives for each value of a group its name and, where it has a page, its address. */
export async function namesOf(group, values, signal) {
    if (group === 'key') {
        const known = await listed('/v2/keys', signal);
        return value => ({text: known.has(value) ? keyName(known.get(value)) : `key ${shortId(value)}, revoked`});
    }
    if (group === 'user') {
        const known = await listed('/v2/team/members', signal);
        return value => ({text: plain(known.get(value)?.name || `somebody who left (${shortId(value)})`)});
    }
    if (group === 'job') {
        const known = await listed('/v2/jobs', signal, {limit: 200});
        const others = values.filter(value => value && !known.has(value)).slice(0, ASKED);
        await Promise.all(
            others.map(async id => {
                const job = await getIfThere(`/v2/jobs/${encodeURIComponent(id)}`, {signal});
                if (job) known.set(id, job);
            }),
        );
        return value => ({text: plain(known.get(value)?.name || `job ${shortId(value)}`), href: `/jobs/${value}`});
    }
    return value => ({text: plain(value)});
}

export const keyName = key =>
    plain(`${key.user ?? ''}${key.name && key.name !== key.user ? ` · ${key.name}` : ''} (${key.hint})`);

async function listed(path, signal, query) {
    const answer = await getIfThere(path, {signal, query});
    return new Map(answer ? pageOf(answer).items.map(item => [item.id, item]) : []);
}
