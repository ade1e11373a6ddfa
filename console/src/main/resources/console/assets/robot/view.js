// SPDX-License-Identifier: Apache-2.0
// A robot's run: its cameras' films, one bar to move all of them and the curves to any tick, and what was measured and done there.

import {curves} from '../chart.js';
import {h, replace} from '../dom.js';
import {amount, isNumber, plain, plural} from '../format.js';
import {chunkAt, lanesOf, valuesAt} from './lanes.js';

/** A curve is drawn for so many numbers; the others stand beside it as numbers alone. */
const MOST_CURVES = 8;

/**
 * The view of a robot's steps and `update(entries)`, which takes what came since: a film that is playing is left alone until it stops.
 */
export function robotView(entries, signal) {
    const films = h('div.films');
    const marks = h('div.chunks', {'aria-hidden': 'true'});
    const bar = h('input', {
        type: 'range',
        min: 0,
        max: 0,
        step: 1,
        value: 0,
        'aria-label': 'Tick',
        oninput: () => seek(Number(bar.value)),
    });
    const button = h('button.more', {type: 'button', onclick: () => (isPlaying() ? pause() : play())}, 'Play');
    const place = h('span.place');
    const plots = h('div.plots');
    const cut = h('p.none');
    const element = h('div.robot', films, h('div.transport', button, h('div.scrub', bar, marks), place), plots, cut);

    let lanes = null;
    let tick = 0;
    const players = new Map();
    const panels = new Map();

    const leader = () => [...players.values()].find(player => player.isFilm());
    const isPlaying = () => Boolean(leader()) && !leader().video.paused && !leader().video.ended;
    const play = () => {
        if (tick >= lanes.lastTick) seek(0);
        for (const player of players.values()) player.play();
    };
    const pause = () => {
        for (const player of players.values()) player.video.pause();
    };

    function seek(to) {
        for (const player of players.values()) player.seek(to / player.fps);
        show(to);
    }

    function show(at) {
        tick = Math.min(Math.max(0, Math.round(at)), lanes.lastTick);
        const chunk = chunkAt(lanes.chunks, tick);
        const seconds = (tick / lanes.fps).toFixed(1);
        bar.value = tick;
        bar.setAttribute(
            'aria-valuetext',
            `tick ${tick} of ${lanes.lastTick}, ${seconds} s${chunk < 0 ? '' : `, chunk ${chunk + 1} of ${lanes.chunks.length}`}`,
        );
        replace(
            place,
            `tick ${amount(tick)} / ${amount(lanes.lastTick)} · ${seconds} s`,
            chunk >= 0 && ` · chunk ${chunk + 1}`,
        );
        for (const panel of panels.values()) panel.show(tick);
    }

    function follow(player) {
        if (player === leader()) show(player.video.currentTime * player.fps);
    }

    function update(news) {
        lanes = lanesOf(news);
        lanes.cameras.forEach((camera, index) => {
            const player =
                players.get(index) ??
                newPlayer(camera, {
                    moved: follow,
                    changed: () => (button.textContent = isPlaying() ? 'Pause' : 'Play'),
                });
            if (!players.has(index)) films.append(player.element);
            players.set(index, player);
            player.take(camera);
        });
        lanes.features.forEach(feature => {
            const key = `${feature.isActions ? 'done' : 'seen'} ${feature.name}`;
            const panel = panels.get(key) ?? newPanel(feature, {signal, seek});
            if (!panels.has(key)) plots.append(panel.element);
            panels.set(key, panel);
            panel.take(feature, lanes);
        });
        bar.max = lanes.lastTick;
        button.hidden = !leader();
        drawChunks(marks, lanes);
        replace(cut, lanes.left > 0 && `${plural(lanes.left, 'step')} of this robot cannot be read.`);
        show(tick);
    }

    update(entries);
    return {element, update};
}

/** Chunks of one action each, as of a policy that is asked at every tick, would be a bar of nothing but marks. */
function drawChunks(place, {chunks, lastTick}) {
    const isDense = chunks.length > 1 && chunks.every(({length}) => length <= 1);
    const share = tick => `${(100 * tick) / Math.max(1, lastTick)}%`;
    replace(
        place,
        !isDense &&
            chunks
                .slice(0, 1000)
                .map(({tick, end}) =>
                    h('i', {vars: {'--from': share(Math.min(tick, lastTick)), '--to': share(Math.min(end, lastTick))}}),
                ),
    );
}

function newPlayer(first, {moved, changed}) {
    const video = h('video', {
        muted: true,
        playsinline: true,
        preload: 'auto',
        'aria-label': `Film of the camera ${plain(first.name)}`,
    });
    video.muted = true;
    const note = h('span.none');
    const element = h(
        'figure.film',
        h('div.screen', video),
        h('figcaption', h('span.mono', plain(first.name) || 'camera'), note),
    );
    let drawn = 0;
    let waiting = null;
    let address = null;
    let broken = false;

    const player = {
        element,
        video,
        fps: first.fps,
        isFilm: () => drawn > 0 && !broken,
        play: () => player.isFilm() && video.play().catch(() => {}),
        seek: seconds => {
            if (!player.isFilm()) return;
            // The middle of a frame: at its edge the one before may be shown.
            video.currentTime = seconds + 0.5 / player.fps;
        },
        take: camera => {
            replace(note, noteOf(camera));
            if (camera.segments.length === drawn || !camera.hasBegun || camera.segments.length < 2) return;
            waiting = camera;
            if (video.paused || video.ended) load();
        },
    };

    function load() {
        if (!waiting) return;
        const at = video.currentTime;
        const old = address;
        address = URL.createObjectURL(new Blob(waiting.segments, {type: 'video/mp4'}));
        drawn = waiting.segments.length;
        waiting = null;
        video.src = address;
        if (at) video.currentTime = at;
        if (old) URL.revokeObjectURL(old);
    }

    video.addEventListener('timeupdate', () => !video.paused && moved(player));
    for (const event of ['play', 'pause', 'ended']) video.addEventListener(event, changed);
    for (const event of ['pause', 'ended']) video.addEventListener(event, load);
    video.addEventListener('error', () => {
        broken = true;
        replace(note, 'a film that cannot be played');
        element.classList.add('is-broken');
        changed();
    });
    return player;
}

function noteOf({hasBegun, missing, segments, fps}) {
    if (!hasBegun) return 'its beginning is missing, without which nothing can be played';
    if (segments.length < 2) return 'no picture yet';
    return [`${fps} per second`, missing > 0 && `, ${plural(missing, 'piece')} missing`];
}

/** A feature's curves, and its numbers at the tick that is looked at. */
function newPanel(first, {signal, seek}) {
    const place = h('div.curves');
    const shown = first.lines.slice(0, MOST_CURVES);
    const numbers = first.lines.map(() => h('dd'));
    const names = h(
        'dl.readings',
        first.lines.map((line, index) =>
            h(
                'div',
                h(
                    'dt',
                    index < shown.length &&
                        h('i.swatch', {'aria-hidden': 'true', vars: {'--swatch': `var(--chart-${(index % 7) + 1})`}}),
                    plain(line.name),
                ),
                numbers[index],
            ),
        ),
        first.left > 0 && h('div', h('dt.none', `and ${amount(first.left)} more`)),
    );
    const element = h('section.plot', h('h4', plain(first.name)), place, names);
    let feature = first;
    let chart = null;
    let drawn = -1;
    let at = 0;
    return {
        element,
        show: tick => {
            at = tick;
            valuesAt(feature, tick).forEach((value, index) => {
                const text = isNumber(value) ? value.toPrecision(4) : '–';
                if (numbers[index].textContent !== text) numbers[index].textContent = text;
            });
            chart?.show(tick);
        },
        take: (next, {lastTick}) => {
            feature = next;
            if (drawn === next.ticks.length) return;
            drawn = next.ticks.length;
            const data = [next.ticks, ...next.lines.slice(0, MOST_CURVES).map(line => line.values)];
            if (chart) chart.take(data, lastTick);
            else
                chart = curves(place, {
                    data,
                    last: lastTick,
                    stepped: Boolean(next.isActions),
                    label: `Curves of ${plain(next.name)} over the ticks; the numbers stand beside`,
                    signal,
                    seek,
                    at,
                });
        },
    };
}
