// SPDX-License-Identifier: Apache-2.0
// Which keys and jobs are recorded, or answered from a recording.

import {h} from '../dom.js';
import {plain, plural} from '../format.js';
import {namesOf} from '../usage/names.js';

/** Of each recording so many are named, the rest counted. */
const SHOWN = 3;

/** For each recording's name `[{mode, text, href}]`, keys first, then the jobs that were entered last. */
export async function usersOf(keys, jobs, signal) {
    const users = new Map();
    const add = (name, user) => users.set(name, [...(users.get(name) ?? []), user]);
    for (const key of keys)
        if (key.recording && !key.replaced_by)
            add(key.recording.name, {mode: key.recording.mode, text: `the key ${plain(key.name || key.user)}`, href: '/people'});
    const tell = jobs.length ? await namesOf('job', jobs.map(job => job.job_id), signal) : null;
    for (const job of jobs) add(job.recording, {mode: job.mode, ...tell(job.job_id)});
    return users;
}

export function usersText(users = []) {
    if (!users.length) return h('span.none', '–');
    return [
        users
            .slice(0, SHOWN)
            .map(({mode, text, href}) =>
                h('span.line.user', h('span.quiet', mode === 'record' ? 'records ' : 'replays '), href ? h('a', {href}, text) : text),
            ),
        users.length > SHOWN && h('span.sub', `and ${plural(users.length - SHOWN, 'other')}`),
    ];
}
