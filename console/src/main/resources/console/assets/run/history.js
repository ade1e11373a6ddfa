// SPDX-License-Identifier: Apache-2.0
// How a run came to stand where it stands: every step, when, and whose word it was.

import {get, getIfThere, pageOf} from '../api.js';
import {h} from '../dom.js';
import {between, duration, fullTime, plain, shortId} from '../format.js';
import {failureText} from './outcome.js';

const ENDS = {completed: 'Completed', error: 'Ended in an error', cancelled: 'Cancelled'};

/** What happened, in the words of who watches; of an end: how. */
const WORDS = {
    named: () => 'Its first spans came',
    submitted: () => 'Queued',
    entered: () => 'Begun by its client',
    leased: who => `Taken by ${who}`,
    ready: () => 'Environment ready',
    failed: who => `Failed, said ${who}; it is tried again`,
    given_back: who => `Given back by ${who}`,
    worker_failed: who => `${who} failed`,
    worker_lost: who => `${who} was lost`,
    cancel: who => `Cancelled by ${who}`,
    cancelled_ahead: () => 'Cancelled before it came',
    reported: (who, step) => `${ENDS[step.status] ?? step.status}, said ${who}`,
    exited: (who, step) => `${ENDS[step.status] ?? step.status}, said its client`,
    out_of_time: () => 'Time was up',
    abandoned: () => 'Abandoned: its client fell silent',
    restored: () => 'Nothing followed: the earlier end stands',
    rerun: who => `Queued again by ${who}`,
};

/**
 * Reads a run's steps, again when the run stands elsewhere than when they were read. `read` answers them with the names of the users in them.
 */
export function historyReader(address, signal) {
    let readFor = null;
    let steps = [];
    let people = null;
    return async run => {
        const stands = JSON.stringify([run.status, run.attempt, run.ended_at]);
        if (stands !== readFor) {
            try {
                steps = pageOf(await getIfThere(`${address}/transitions`, {signal})).items;
                readFor = stands;
            } catch (error) {
                if (signal?.aborted) throw error;
                // the run is shown as it is known, and its steps are asked for again with its next look
            }
            if (!people && steps.some(step => step.by === 'user' && step.who)) people = await namesOfPeople(signal);
        }
        return {steps, people: people ?? new Map()};
    };
}

async function namesOfPeople(signal) {
    try {
        return new Map(pageOf(await get('/v2/team/members', {signal})).items.map(one => [one.id, one.name || one.email]));
    } catch {
        return null; // then its id stands there
    }
}

export function historyList({steps, people}) {
    const latest = Math.max(0, ...steps.map(step => step.attempt));
    return h(
        'ol.history',
        steps.map(step =>
            h(
                'li',
                h('time.at', {datetime: step.at, title: fullTime(step.at)}, sinceFirst(step, steps[0])),
                h(
                    'div',
                    h('span', plain((WORDS[step.cause] ?? (() => step.cause))(whoOf(step, people), step))),
                    step.cause === 'leased' &&
                        latest > 1 &&
                        h('span.sub', h('a', {href: `?attempt=${step.attempt}`}, `attempt ${step.attempt}`)),
                    step.failure && h('span.sub.is-error', failureText(step.failure)),
                    step.detail && h('span.sub.is-error', plain(step.detail)),
                ),
            ),
        ),
    );
}

const sinceFirst = (step, first) => (step === first ? 'start' : `+${duration(between(first.at, step.at))}`);

/** A worker's name begins with its kind; a user has a name, or none that is known here. */
function whoOf(step, people) {
    if (step.by !== 'user') return step.who?.replace(/^worker\//, '') ?? 'its worker';
    return people.get(step.who) ?? (step.who ? `user ${shortId(step.who)}` : 'somebody');
}
