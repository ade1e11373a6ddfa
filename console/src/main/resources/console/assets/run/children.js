// SPDX-License-Identifier: Apache-2.0
// Where the runs stand that were begun inside a run: in the tool call in whose time they were, else at their own time.

import {time} from '../format.js';

const startOf = child => time(child.started_at ?? child.created_at);

/** The items of a timeline with its children: a call has its own under `children`, the others are items of kind `child`. */
export function withChildren(items, children) {
    if (!children?.length) return items;
    const lone = [];
    for (const child of children) {
        const at = startOf(child);
        const call = at === null ? null : callAt(items, at);
        if (call) (call.children ??= []).push(child);
        else lone.push({kind: 'child', child, entry: {id: `child ${child.id}`, started_at: child.started_at}});
    }
    const all = [...items];
    for (const item of lone) {
        const at = startOf(item.child);
        const next = at === null ? -1 : all.findIndex(({entry}) => (time(entry.started_at) ?? 0) > at);
        all.splice(next < 0 ? all.length : next, 0, item);
    }
    return all;
}

/** Calls are made one after the other: no two of a run have the same time. One without an answer still goes on. */
function callAt(items, at) {
    for (const {calls, entry} of items) {
        let from = time(entry.started_at);
        for (const call of calls ?? []) {
            const start = call.answer ? time(call.answer.started_at) : from;
            const end = call.answer ? time(call.answer.ended_at) : Infinity;
            if (start !== null && end !== null && start <= at && at <= end && isLast(items, entry, call)) return call;
            from = end;
        }
    }
    return null;
}

/** What was never answered goes on only where nothing came after it. */
const isLast = (items, entry, call) => Boolean(call.answer) || items.findLast(item => item.calls)?.entry === entry;
