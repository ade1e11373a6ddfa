// SPDX-License-Identifier: Apache-2.0
// The bar above a timeline: where in time its steps are, and which of them is looked at. It plays through them.

import {h, replace, svg} from '../dom.js';
import {amount, duration} from '../format.js';
import {lanesOf, lengthOf, pauseBetween, stepAt} from './steps.js';

const COLUMNS = 600;
const LANES = [
    ['turns', 'Turns'],
    ['calls', 'Calls'],
    ['errors', 'Errors'],
    ['screens', 'Screens'],
];
const SPEEDS = [1, 2, 5, 20, 100];

/**
 * @param titleOf what a step is called
 * @param moved is told which step is looked at now and how it came to that: `isPlayed`, `isScrubbed`, `focuses`
 */
export function player({titleOf, moved, signal}) {
    let steps = [];
    let stops = [];
    let at = -1;
    let goesOn = false;
    let timer = null;
    let speed = 5;
    let isLive = false;
    let lanesOfRun = {};

    const play = h('button.more.play', {type: 'button', 'aria-label': 'Play the run', onclick: () => toggle()}, 'Play');
    const earlier = h(
        'button.more',
        {type: 'button', 'aria-label': 'Step before', title: 'Step before (k)', onclick: () => move(-1)},
        '‹',
    );
    const later = h(
        'button.more',
        {type: 'button', 'aria-label': 'Next step', title: 'Next step (j)', onclick: () => move(1)},
        '›',
    );
    const faster = h(
        'select.speed',
        {
            'aria-label': 'Speed',
            title: 'How much faster than it was. No step is waited for longer than three seconds.',
            onchange: () => (speed = Number(faster.value)),
        },
        SPEEDS.map(value => h('option', {value, selected: value === speed}, `${value}×`)),
    );
    const place = h('span.place');
    const bar = h('input', {
        type: 'range',
        min: 0,
        max: 1,
        step: 'any',
        value: 0,
        'aria-label': 'Moment of the run',
        oninput: () => scrub(),
        onkeydown: event => byKey(event),
    });
    const lanes = h('div.lanes', {'aria-hidden': 'true'});
    const head = h('i.playhead', {'aria-hidden': 'true'});
    const names = h('div.lane-names', {'aria-hidden': 'true'});
    const element = h(
        'div.playback',
        h('div.controls', play, earlier, later, faster, place),
        h('div.scrub', names, h('div.along', lanes, head, bar)),
    );

    let asked = null;
    /** A bar that is dragged asks far more often than a page can be drawn. */
    function scrub() {
        if (asked !== null) return;
        asked = requestAnimationFrame(() => {
            asked = null;
            stop();
            const chosen = stepAt(steps, Number(bar.value));
            go(
                stops[
                    Math.max(
                        0,
                        stops.findLastIndex(stop => stop <= chosen),
                    )
                ] ?? -1,
                {isScrubbed: true},
            );
        });
    }

    function byKey(event) {
        const by = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10}[event.key];
        const to = {Home: stops[0], End: stops.at(-1)}[event.key];
        if (by === undefined && to === undefined) return;
        event.preventDefault();
        if (by === undefined) go(to);
        else move(by);
    }

    /** To one of the steps that the view shows. */
    function move(by, how = {}) {
        if (!stops.length) return;
        stop();
        const here = stops.findLastIndex(one => one <= at);
        const isBetween = here < 0 || stops[here] !== at;
        const next = here + by + (isBetween && by < 0 ? 1 : 0);
        go(stops[Math.min(stops.length - 1, Math.max(0, next))], how);
    }

    function go(index, how = {}) {
        if (!steps[index]) return;
        at = index;
        show(how.isScrubbed);
        moved(index, how);
    }

    function toggle() {
        if (goesOn) return stop();
        if (!stops.length) return;
        goesOn = true;
        told();
        if (at < 0 || at >= stops.at(-1)) go(stops[0], {isPlayed: true});
        wait();
    }

    function wait() {
        clearTimeout(timer);
        const next = stops.find(stop => stop > at);
        if (next === undefined) {
            // What is still going on is followed to its end.
            if (!isLive) stop();
            return;
        }
        timer = setTimeout(
            () => {
                if (!goesOn || signal.aborted) return;
                go(next, {isPlayed: true});
                wait();
            },
            pauseBetween(steps[at], steps[next], speed),
        );
    }

    function stop() {
        clearTimeout(timer);
        goesOn = false;
        told();
    }

    const told = () => {
        play.textContent = goesOn ? 'Pause' : 'Play';
        play.setAttribute('aria-label', `${play.textContent} the run`);
    };

    function show(keepBar = false) {
        const step = steps[at];
        const length = lengthOf(steps);
        bar.max = length;
        if (!keepBar) bar.value = step?.at ?? 0;
        head.style.setProperty('--pos', (step?.at ?? 0) / length);
        head.hidden = !step;
        const text = step
            ? `step ${amount(at + 1)} of ${amount(steps.length)}`
            : `${amount(steps.length)} ${steps.length === 1 ? 'step' : 'steps'}`;
        replace(place, text, step ? ` · +${duration(step.at)}` : ` · ${duration(length)}`);
        bar.setAttribute(
            'aria-valuetext',
            step ? `${text}, ${titleOf(step.item)}, at ${duration(step.at)}` : 'no step chosen',
        );
        const last = stops.at(-1) ?? -1;
        earlier.disabled = at <= (stops[0] ?? 0);
        later.disabled = at >= last;
    }

    function drawLanes() {
        const told = LANES.map(([name, text]) => [name, text, lanesOfRun[name]]).filter(
            ([, , stretches]) => stretches.length,
        );
        replace(
            names,
            told.map(([, text]) => h('span', text)),
        );
        replace(
            lanes,
            told.map(([name, , stretches]) =>
                svg(
                    'svg',
                    {viewBox: `0 0 ${COLUMNS} 1`, preserveAspectRatio: 'none', class: `is-${name}`},
                    svg('path', {d: stretches.map(([from, to]) => `M${from} 0H${to}V1H${from}Z`).join('')}),
                ),
            ),
        );
    }
    signal.addEventListener('abort', () => clearTimeout(timer), {once: true});

    return {
        element,
        controls: element.firstElementChild,
        go,
        move,
        toggle,
        stop,
        at: () => at,
        /** @param among which of them are gone to, by their places; null: all */
        take(next, {among = null, running}) {
            const wasAt = steps[at]?.item.entry.id;
            steps = next;
            isLive = running;
            stops = among ?? steps.map(({index}) => index);
            // What came late may stand before it.
            if (wasAt !== undefined && steps[at]?.item.entry.id !== wasAt)
                at = steps.findIndex(({item}) => item.entry.id === wasAt);
            lanesOfRun = lanesOf(steps, COLUMNS);
            drawLanes();
            show();
            element.hidden = steps.length < 2;
            if (goesOn) wait();
        },
    };
}
