// SPDX-License-Identifier: Apache-2.0
// How an upstream stands: shape first, colour second, and the word beside it.

import {h} from '../dom.js';
import {amount, duration, isNumber} from '../format.js';
import {cell} from '../parts.js';

const STATES = {
    closed: ['answers', 'is-well', 'It is asked.'],
    open: ['left alone', 'is-error', 'It failed too often: it is left alone for a while.'],
    half_open: ['tried again', 'is-cautious', 'It failed too often; a few calls try whether it answers again.'],
    idle: ['ready', 'is-queued', 'It is asked; nobody has called it within the last five minutes.'],
    unreached: [
        'does not answer',
        'is-cautious',
        'It did not answer when it was looked at last; nobody has called it since.',
    ],
    unknown: ['cannot be asked', 'is-cautious', 'Something that it needs is missing or wrong.'],
    off: ['off', 'is-cancelled', 'It is switched off and not asked.'],
};

function stateOf({enabled, health}) {
    if (enabled === false) return 'off';
    if (!health) return 'unknown';
    if (health.state !== 'closed' || health.calls) return health.state;
    const isUnreached = health.last_error && health.probed_at && health.last_error_at >= health.probed_at;
    return isUnreached ? 'unreached' : 'idle';
}

export function healthDot(upstream) {
    const [word, look, why] = STATES[stateOf(upstream)] ?? STATES.unknown;
    return h('span.status', {class: look, title: why}, h('i', {'aria-hidden': 'true'}), word);
}

export const latency = millis => (isNumber(millis) ? duration(millis) : h('span.none', '–'));

const share = number => (isNumber(number) ? amount(number) : h('span.none', '–'));

function errorText({calls, errors}) {
    if (!isNumber(errors)) return h('span.none', '–');
    if (!errors) return '0';
    return h(
        'span.is-error',
        amount(errors),
        calls > 0 && ` (${errors < calls / 100 ? '<1' : Math.round((100 * errors) / calls)} %)`,
    );
}

/** The heads of the columns that say how an upstream has answered of late. */
export const healthHeads = [
    'State',
    {text: 'Calls', class: 'num'},
    {text: 'Errors', class: 'num'},
    {text: 'p50', class: 'num'},
    {text: 'p95', class: 'num'},
];

/** The cells below them. @param upstream null: nobody knows it */
export function healthCells(upstream) {
    const health = upstream?.health ?? {};
    return [
        cell('State', upstream ? healthDot(upstream) : h('span.none', '–')),
        cell('Calls', share(health.calls), {class: 'num'}),
        cell('Errors', errorText(health), {class: 'num'}),
        cell('p50', latency(health.p50_ms), {class: 'num'}),
        cell('p95', latency(health.p95_ms), {class: 'num'}),
    ];
}
