// SPDX-License-Identifier: Apache-2.0
// The steps of a run in time: what a bar is moved through, and what is drawn along it. Nothing here looks at the page.

import {time} from '../format.js';
import {pictureOf} from '../screen/picture.js';

/**
 * Each item of a timeline with `at` and `until`, in milliseconds since the run's first: no step is before the one that it follows, whatever
 * the clocks said.
 */
export function stepsOf({items, start}) {
    let latest = 0;
    return items.map((item, index) => {
        const began = time(item.entry.started_at);
        latest = began === null || start === null ? latest : Math.max(latest, began - start);
        const ended = item.end ?? time(item.entry.ended_at);
        return {
            item,
            index,
            at: latest,
            until: Math.max(latest, ended === null || start === null ? latest : ended - start),
        };
    });
}

export const lengthOf = steps =>
    Math.max(
        1,
        steps.reduce((latest, {until}) => Math.max(latest, until), 0),
    );

/** The step that goes on at a moment: the last that has begun. */
export function stepAt(steps, moment) {
    let low = 0;
    let high = steps.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (steps[middle].at <= moment) low = middle + 1;
        else high = middle;
    }
    return Math.max(0, low - 1);
}

/** The step that an entry's id is of, be it that of one of its calls; -1: none. */
export const stepOf = (steps, id) =>
    steps.findIndex(
        ({item}) =>
            item.entry.id === id ||
            item.calls?.some(({answer}) => answer?.id === id) ||
            item.entries?.some(entry => entry.id === id),
    );

const hasFailed = ({kind, entry, entries}) =>
    kind === 'system' ||
    (kind !== 'turn' && Boolean(entry.error)) ||
    (kind === 'other' && entries.some(({error}) => error));

/** The pictures that a step was answered with. */
export const picturesOf = ({item}) =>
    (item.calls ?? [])
        .flatMap(({answer}) => answer?.content ?? [])
        .map(pictureOf)
        .filter(Boolean);

/** Whether there may be some, without a look at their bytes. */
const isPictured = ({item}) =>
    Boolean(item.calls?.some(({answer}) => answer?.content?.some(block => block?.type === 'image')));

export const picturedSteps = steps => steps.filter(isPictured);

/**
 * What stands along the bar, in so many columns: for each lane a list of `[from, to)`. A lane is as wide as what it tells of took, a column
 * at least.
 */
export function lanesOf(steps, columns = 600) {
    const length = lengthOf(steps);
    const column = moment => Math.min(columns - 1, Math.max(0, Math.floor((columns * moment) / length)));
    const lanes = {
        turns: new Uint8Array(columns),
        calls: new Uint8Array(columns),
        errors: new Uint8Array(columns),
        screens: new Uint8Array(columns),
    };
    const drawn = (lane, from, to) => lane.fill(1, column(from), column(to) + 1);
    for (const step of steps) {
        const {item, at, until} = step;
        if (item.kind === 'turn') {
            const said = item.said ? lengthOfEntry(item.said) : 0;
            if (item.said?.error) drawn(lanes.errors, at + said, at + said);
            if (item.said) drawn(lanes.turns, at, Math.min(until, at + said));
            let from = at + said;
            for (const {answer} of item.calls) {
                if (!answer) continue;
                const took = lengthOfEntry(answer);
                const began =
                    time(answer.started_at) !== null && time(item.entry.started_at) !== null
                        ? Math.max(at, at + time(answer.started_at) - time(item.entry.started_at))
                        : from;
                drawn(lanes.calls, began, began + took);
                if (answer.error || answer.is_error) drawn(lanes.errors, began + took, began + took);
                from = began + took;
            }
        }
        if (hasFailed(item)) drawn(lanes.errors, at, at);
        if (isPictured(step)) drawn(lanes.screens, at, at);
    }
    return Object.fromEntries(Object.entries(lanes).map(([name, lane]) => [name, stretchesOf(lane)]));
}

function lengthOfEntry(entry) {
    const [from, to] = [time(entry.started_at), time(entry.ended_at)];
    return from === null || to === null ? 0 : Math.max(0, to - from);
}

function stretchesOf(lane) {
    const stretches = [];
    for (let at = 0; at < lane.length; at += 1) {
        if (!lane[at]) continue;
        const from = at;
        while (at < lane.length && lane[at]) at += 1;
        stretches.push([from, at]);
    }
    return stretches;
}

const LONGEST_PAUSE_MS = 3000;
const SHORTEST_PAUSE_MS = 60;

/** How long a step is shown before the next one, at a speed: nobody waits minutes for a build to end again. */
export const pauseBetween = (step, next, speed) =>
    Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, (next.at - step.at) / speed));
