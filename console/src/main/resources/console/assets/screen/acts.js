// SPDX-License-Identifier: Apache-2.0
// What a call does on a screen, read from the words of whichever model made it. Arguments are a model's: anything may stand anywhere.

/** So many of one call's actions are told, so many places of one way, so much of a text. */
const MOST_ACTS = 50;
const MOST_PLACES = 200;
const MOST_TEXT = 200;

/** Gemini's models put every place on such a grid, whatever the screen's size, and its drags are kept off the edges. */
const GRID = 1000;
const INSET = 25;

/**
 * `{screen, acts}`, or null for a call that is none on a screen. `screen` tells one run's screens apart. An act has a
 * `kind`: click, press, release, move, drag, scroll, type, keys, zoom, open, look, wait; and what there is of `at`
 * (`{x, y}`), `path`, `box`, `text`, `button`, `times`, `held`, `way`, `note`. Places are in pixels of the screen; those
 * with `grid: true` in thousandths of it.
 */
export function actsOf(name, args) {
    if (typeof name !== 'string' || args === null || typeof args !== 'object') return null;
    const browser = /^(.*__)?browser_(\w+)$/.exec(name);
    if (browser) {
        const act = browserAct(browser[2], args);
        return act && {screen: `${browser[1] ?? ''}browser`, acts: [act]};
    }
    if (!/^(.*__)?computer(_use)?$/.test(name)) return null;
    const acts = name.endsWith('computer_use')
        ? one(geminiAct(args))
        : isOpenAi(args)
          ? openAiActs(args)
          : one(claudeAct(args));
    return acts && acts.length > 0 ? {screen: name, acts} : null;
}

const one = act => act && [act];
const isOpenAi = args => Array.isArray(args.actions) || typeof args.type === 'string';
const openAiActs = args =>
    (Array.isArray(args.actions) ? args.actions : [args]).slice(0, MOST_ACTS).map(openAiAct).filter(Boolean);

/** As the client reads Claude's numbers: without their fraction, also those that are written as text. */
function whole(value) {
    if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
    return typeof value === 'string' && /^\s*[+-]?\d{1,9}\s*$/.test(value) ? Number.parseInt(value, 10) : null;
}

const number = value => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const words = value => (typeof value === 'string' && value ? value.slice(0, MOST_TEXT) : null);
const list = value =>
    Array.isArray(value)
        ? words(
              value
                  .slice(0, 12)
                  .filter(key => typeof key === 'string')
                  .join(' + '),
          )
        : null;

const pair = (x, y, grid) => (x === null || y === null ? null : grid ? {x, y, grid: true} : {x, y});
const corner = (value, from = 0) => (Array.isArray(value) ? pair(whole(value[from]), whole(value[from + 1])) : null);

const CLICKS = {
    left_click: ['left', 1],
    click: ['left', 1],
    right_click: ['right', 1],
    middle_click: ['middle', 1],
    double_click: ['left', 2],
    triple_click: ['left', 3],
};

function claudeAct(args) {
    const at = corner(args.coordinate);
    const text = words(args.text);
    if (Object.hasOwn(CLICKS, args.action)) {
        const [button, times] = CLICKS[args.action];
        return {kind: 'click', button, times, at, held: text};
    }
    switch (args.action) {
        case 'mouse_move':
        case 'move':
            return {kind: 'move', at};
        case 'left_mouse_down':
            return {kind: 'press', at: null};
        case 'left_mouse_up':
            return {kind: 'release', at: null};
        case 'left_click_drag':
        case 'drag':
            return {kind: 'drag', path: [corner(args.start_coordinate), at].filter(Boolean), held: text};
        case 'scroll':
            return {
                kind: 'scroll',
                at,
                way: words(args.scroll_direction),
                note: times(whole(args.scroll_amount)),
                held: text,
            };
        case 'type':
            return {kind: 'type', text, at: null};
        case 'key':
            return {kind: 'keys', text, note: whole(args.repeat) > 1 ? times(whole(args.repeat)) : null};
        case 'hold_key':
            return {kind: 'keys', text, note: `held ${seconds(args.duration)}`};
        case 'wait':
            return {kind: 'wait', note: seconds(args.duration)};
        case 'zoom': {
            const [from, to] = [corner(args.region), corner(args.region, 2)];
            return {kind: 'zoom', box: from && to ? [from, to] : null};
        }
        case 'screenshot':
            return {kind: 'look'};
        default:
            return null;
    }
}

function openAiAct(args) {
    if (args === null || typeof args !== 'object') return null;
    const place = from => pair(truncated(from?.x), truncated(from?.y));
    const at = place(args);
    const held = list(args.keys);
    switch (args.type) {
        case 'click':
            return {
                kind: 'click',
                button: args.button === 'wheel' ? 'middle' : (words(args.button) ?? 'left'),
                times: 1,
                at,
                held,
            };
        case 'double_click':
            return {kind: 'click', button: 'left', times: 2, at, held};
        case 'move':
            return {kind: 'move', at};
        case 'drag':
            return {
                kind: 'drag',
                path: (Array.isArray(args.path) ? args.path : []).slice(0, MOST_PLACES).map(place).filter(Boolean),
                held,
            };
        case 'scroll': {
            const [x, y] = [truncated(args.scroll_x) ?? 0, truncated(args.scroll_y) ?? 0];
            const way = y > 0 ? 'down' : y < 0 ? 'up' : x > 0 ? 'right' : x < 0 ? 'left' : null;
            return {kind: 'scroll', at, way, note: times(Math.abs(y || x)), held};
        }
        case 'type':
            return {kind: 'type', text: words(args.text), at: null};
        case 'keypress':
            return {kind: 'keys', text: held};
        case 'wait':
            return {kind: 'wait', note: seconds((number(args.ms) ?? 1000) / 1000)};
        case 'screenshot':
            return {kind: 'look'};
        default:
            return null;
    }
}

const truncated = value => (number(value) === null ? null : Math.trunc(value));

function geminiAct(args) {
    const at = pair(number(args.x), number(args.y), true);
    if (Object.hasOwn(CLICKS, args.action) && args.action !== 'left_click') {
        const [button, times] = CLICKS[args.action];
        return {kind: 'click', button, times, at};
    }
    switch (args.action) {
        case 'move':
            return {kind: 'move', at};
        case 'mouse_down':
            return {kind: 'press', at};
        case 'mouse_up':
            return {kind: 'release', at};
        case 'drag_and_drop': {
            const path = [
                pair(number(args.start_x), number(args.start_y), true),
                pair(number(args.end_x), number(args.end_y), true),
            ];
            return {kind: 'drag', path: path.filter(Boolean), inset: INSET};
        }
        case 'scroll':
            return {
                kind: 'scroll',
                at,
                way: words(args.direction),
                note: `${number(args.magnitude_in_pixels) ?? 300} px`,
            };
        case 'type':
            return {kind: 'type', text: words(args.text), at, note: args.press_enter ? 'then Enter' : null};
        case 'press_key':
            return {kind: 'keys', text: words(args.key)};
        case 'hotkey':
            return {kind: 'keys', text: list(args.keys)};
        case 'key_down':
            return {kind: 'keys', text: words(args.key), note: 'held from here'};
        case 'key_up':
            return {kind: 'keys', text: words(args.key), note: 'let go'};
        case 'wait':
            return {kind: 'wait', note: seconds(args.seconds ?? 1)};
        case 'take_screenshot':
            return {kind: 'look'};
        default:
            return null;
    }
}

/** Whether ours or another's of the same names: what has no place and no text known here stays a call like any. */
function browserAct(tool, args) {
    const at = pair(number(args.x), number(args.y));
    switch (tool) {
        case 'navigate':
            return words(args.url) && {kind: 'open', text: words(args.url)};
        case 'back':
        case 'navigate_back':
            return {kind: 'open', text: 'the page before'};
        case 'screenshot':
        case 'take_screenshot':
            return {kind: 'look'};
        case 'click':
            return at || words(args.selector)
                ? {
                      kind: 'click',
                      button: 'left',
                      times: 1,
                      at: words(args.selector) ? null : at,
                      on: words(args.selector),
                  }
                : null;
        case 'type':
            return words(args.text) && {kind: 'type', text: words(args.text), at: null};
        case 'key':
        case 'press_key':
            return words(args.key) && {kind: 'keys', text: words(args.key)};
        case 'scroll': {
            const down = number(args.down);
            return down === null
                ? null
                : {kind: 'scroll', at: null, way: down < 0 ? 'up' : 'down', note: `${Math.abs(down)} px`};
        }
        default:
            return null;
    }
}

const times = count => `${Math.max(0, count ?? 0)} ×`;
const seconds = value => `${Math.max(0, Number(value) || 0)} s`;

/** From thousandths to the pixel that was meant. */
export const pixelOf = (place, {width, height}, inset = 0) => {
    if (!place.grid) return {x: place.x, y: place.y};
    const within = (value, size) => {
        const pixel = Math.trunc((value / GRID) * size);
        return inset ? Math.min(Math.max(pixel, inset), size - inset) : pixel;
    };
    return {x: within(place.x, width), y: within(place.y, height)};
};
