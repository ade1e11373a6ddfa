// SPDX-License-Identifier: Apache-2.0
// From a robot's steps to what a page shows: a film for each camera, a curve for each number, a mark for each chunk of actions. All of it
// is a stranger's: what makes no sense is left out and counted, what is too much is cut.

import {bytesOf} from '../screen/picture.js';

const MOST_CAMERAS = 12;
const MOST_FEATURES = 12;
const MOST_NUMBERS = 32;
const MOST_NAME = 120;

const isTick = value => Number.isSafeInteger(value) && value >= 0;
const isNumber = value => typeof value === 'number' && Number.isFinite(value);
const name = value => String(value ?? '').slice(0, MOST_NAME);
const byTick = (a, b) => a.tick - b.tick;

/**
 * `{cameras, features, chunks, lastTick, fps, left}`. Cameras: `{name, fps, segments, missing, hasBegun}`, their segments
 * as bytes in order; features: `{name, lines: [{name, values}], ticks, left}`, the last of them the actions; chunks:
 * `{tick, end, length}`, of which each goes from its first tick up to the next one's. A tick happens at `tick / fps`
 * seconds. `left` counts steps that make no sense.
 */
export function lanesOf(entries) {
    const observations = [];
    const inferences = [];
    const films = new Map();
    let left = 0;
    for (const {kind, payload} of entries) {
        if (kind === 'observation' && isTick(payload?.tick)) observations.push(payload);
        else if (kind === 'inference' && isTick(payload?.tick) && Array.isArray(payload.chunk))
            inferences.push(payload);
        else if (kind === 'video_segment' && isTick(payload?.index)) film(films, payload);
        else left += 1;
    }
    observations.sort(byTick);
    inferences.sort(byTick);
    const lastTick = Math.max(0, observations.at(-1)?.tick ?? 0, inferences.at(-1)?.tick ?? 0);
    const cameras = [...films.values()].slice(0, MOST_CAMERAS).map(cameraOf);
    const features = statesOf(observations);
    const actions = actionsOf(inferences, lastTick);
    return {
        cameras,
        features: actions ? [...features, actions] : features,
        chunks: chunksOf(inferences, lastTick),
        lastTick,
        fps: cameras[0]?.fps ?? 10,
        left,
    };
}

function film(films, {camera, fps, index, segment}) {
    const key = name(camera);
    const film = films.get(key) ?? {name: key, fps: isNumber(fps) && fps > 0 ? fps : 10, parts: new Map()};
    films.set(key, film);
    film.parts.set(
        index,
        segment?.type === 'video' && segment.mimeType === 'video/mp4' && typeof segment.data === 'string'
            ? segment
            : null,
    );
}

const unpacked = new WeakMap();

function unpack(segment) {
    if (!unpacked.has(segment)) unpacked.set(segment, bytesOf(segment.data));
    return unpacked.get(segment);
}

/** What follows the beginning can be played although pieces between are missing; without the beginning nothing can. */
function cameraOf({name: camera, fps, parts}) {
    const indices = [...parts.keys()].sort((a, b) => a - b);
    const segments = indices.map(index => parts.get(index) && unpack(parts.get(index))).filter(Boolean);
    const hasBegun = indices[0] === 0 && Boolean(parts.get(0)) && Boolean(unpack(parts.get(0)));
    return {name: camera, fps, segments, hasBegun, missing: indices.at(-1) + 1 - segments.length};
}

/** Each named vector of numbers over the ticks; its length is that of its first. */
function statesOf(observations) {
    const features = new Map();
    for (const {tick, state} of observations) {
        for (const [feature, told] of Object.entries(state ?? {})) {
            if (!Array.isArray(told?.values)) continue;
            if (!features.has(feature) && features.size < MOST_FEATURES)
                features.set(feature, lines(feature, told.values.length, told.names));
            const lane = features.get(feature);
            if (lane) take(lane, tick, told.values);
        }
    }
    return [...features.values()];
}

function lines(feature, count, names) {
    const shown = Math.min(count, MOST_NUMBERS);
    const isNamed = Array.isArray(names) && names.length === count;
    return {
        name: name(feature),
        ticks: [],
        lines: Array.from({length: shown}, (_, index) => ({
            name: isNamed ? name(names[index]) : String(index),
            values: [],
        })),
        left: count - shown,
    };
}

function take(lane, tick, values) {
    if (lane.ticks.at(-1) === tick) return;
    lane.ticks.push(tick);
    lane.lines.forEach((line, index) => line.values.push(isNumber(values[index]) ? values[index] : null));
}

/** The actions that were done: of each chunk the rows up to the next chunk. */
function actionsOf(inferences, lastTick) {
    const first = inferences.find(({chunk}) => Array.isArray(chunk[0]));
    if (!first) return null;
    const lane = lines('actions', first.chunk[0].length, first.names);
    inferences.forEach(({tick, chunk}, index) => {
        const end = inferences[index + 1]?.tick ?? lastTick + 1;
        chunk
            .slice(0, Math.max(0, end - tick))
            .forEach((row, offset) => Array.isArray(row) && take(lane, tick + offset, row));
    });
    return {...lane, isActions: true};
}

const chunksOf = (inferences, lastTick) =>
    inferences.map(({tick, chunk}, index) => ({
        tick,
        length: chunk.length,
        end: Math.min(tick + Math.max(1, chunk.length), inferences[index + 1]?.tick ?? Infinity, lastTick + 1),
    }));

/** The chunk whose actions are done at a tick; -1 before the first. */
export const chunkAt = (chunks, tick) => chunks.findLastIndex(chunk => chunk.tick <= tick);

/** A lane's values at a tick or the last before it. */
export function valuesAt({ticks, lines}, tick) {
    const at = ticks.findLastIndex(one => one <= tick);
    return lines.map(line => (at < 0 ? null : line.values[at]));
}
