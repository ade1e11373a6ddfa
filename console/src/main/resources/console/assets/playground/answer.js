// SPDX-License-Identifier: Apache-2.0
// What comes of a call: what it says, what it cost, and its bytes as they came.

import {ApiError} from '../api.js';
import {h, replace} from '../dom.js';
import {amount, duration, isNumber, json, money, plain} from '../format.js';
import {copyButton} from '../parts.js';
import {bookedCall, callModel, Events, parsed} from './call.js';
import {errorOf} from './dialects.js';

const SHOWN = 400_000;
const TELLING = /^(content-type|x-request-id|x-assay-|x-hud-|retry-after|x-ratelimit-|anthropic-ratelimit-)/;

export function answerPlaces() {
    return {
        said: h(
            'div.said',
            {'aria-live': 'polite', 'aria-busy': 'false'},
            h('p.none', 'What the model answers stands here.'),
        ),
        ledger: h('dl.facts.booked'),
        head: h('p.mono.quiet'),
        raw: h('pre', h('span.none', 'Nothing yet.')),
        copy: h('span'),
    };
}

/** Calls, and draws everything that comes. Gives what the model said, or null where the call failed. */
export async function drawCall(places, {path, body, dialect, signal}) {
    const began = performance.now();
    const since = () => performance.now() - began;
    const events = new Events();
    let response = null;
    let first = null;
    let whole = '';
    let blocks = [];
    let failure = null;
    replace(places.said, h('p.none', 'Asking…'));
    replace(places.ledger);
    replace(places.head);
    replace(places.raw);
    replace(places.copy);
    places.said.setAttribute('aria-busy', 'true');

    const isStream = () => response?.headers.get('content-type')?.startsWith('text/event-stream');
    const take = answer => {
        failure ??= errorOf(answer);
        blocks = joined(blocks, dialect.read(answer).filter(Boolean));
    };
    const text = part => {
        first ??= since();
        if (whole.length < SHOWN) places.raw.append(plain(part.slice(0, SHOWN - whole.length)));
        whole += part;
        if (isStream()) {
            events.take(part).forEach(take);
            drawSaid(places.said, blocks);
        }
    };
    const head = answer => {
        response = answer;
        replace(places.head, headText(answer));
    };
    let ending = null;
    try {
        await callModel(path, body, {head, text}, signal);
        if (response.ok && isStream() && !whole) ending = 'The stream ended without an event.';
    } catch (problem) {
        if (problem instanceof ApiError) throw problem;
        ending = signal.aborted
            ? `Cancelled after ${duration(since())}.`
            : response
              ? 'The answer broke off.'
              : 'The platform does not answer.';
    }
    const total = since();
    if (!isStream() && whole) {
        const answer = parsed(whole);
        if (answer) {
            take(answer);
            replace(places.raw, json(answer).slice(0, SHOWN));
        } else if (response?.ok && !ending) ending = 'The answer is no JSON.';
    }
    if (whole.length > SHOWN)
        places.raw.append(
            h('span.none', `\n… and ${amount(whole.length - SHOWN)} characters more: copy it to have all.`),
        );
    if (whole) replace(places.copy, copyButton(whole, 'Copy the raw answer'));
    if (response && !response.ok) failure ??= `The platform answered with status ${response.status}.`;
    drawSaid(places.said, blocks, failure, ending);
    places.said.setAttribute('aria-busy', 'false');
    drawTimes(places.ledger, {first, total});
    return {
        said:
            failure || ending
                ? null
                : blocks
                      .filter(block => block.kind === 'text')
                      .map(block => block.text)
                      .join(''),
        first,
        total,
        response,
    };
}

/** What the ledger knows of the call, a moment later. */
export async function drawBooked(place, {response, first, total}, signal) {
    if (!response) return;
    const booked = await bookedCall(response.headers.get('x-request-id'), signal);
    if (!signal.aborted) drawTimes(place, {first, total, booked, refused: !response.ok});
}

const headText = answer =>
    [
        `${answer.status} ${answer.statusText}`.trim(),
        ...[...answer.headers].filter(([name]) => TELLING.test(name)).map(([name, value]) => `${name}: ${value}`),
    ].join('\n');

/** Pieces of one kind that follow each other are one block; a call begins with its name. */
function joined(blocks, pieces) {
    const all = [...blocks];
    for (const piece of pieces) {
        const last = all.at(-1);
        if (last?.kind === piece.kind && !piece.name) all[all.length - 1] = {...last, text: last.text + piece.text};
        else all.push(piece);
    }
    return all;
}

function drawSaid(place, blocks, failure = null, ending = null) {
    replace(
        place,
        blocks.map(block =>
            block.kind === 'text'
                ? h('div.prose', plain(block.text))
                : block.kind === 'thinking'
                  ? h('div.thinking', h('h4', 'Thinking'), h('div.prose', plain(block.text)))
                  : h(
                        'div.called',
                        h('h4', 'Calls ', h('span.mono', plain(block.name ?? 'a tool'))),
                        h('pre', pretty(block.text)),
                    ),
        ),
        failure && h('div.callout.is-error', plain(failure)),
        ending && h('p.quiet', ending),
        !blocks.length && !failure && !ending && h('p.none', 'It said nothing.'),
    );
}

const pretty = text => {
    const value = parsed(text);
    return value === null ? plain(text) : json(value);
};

function drawTimes(place, {first, total, booked = null, refused = false}) {
    const row = (name, value, title) => value && h('div', h('dt', name), h('dd', {title}, value));
    const tokens =
        booked &&
        [
            isNumber(booked.input_tokens) && `${amount(booked.input_tokens)} in`,
            booked.cached_tokens > 0 && `${amount(booked.cached_tokens)} of them from a cache`,
            isNumber(booked.output_tokens) && `${amount(booked.output_tokens)} out`,
            booked.reasoning_tokens > 0 && `${amount(booked.reasoning_tokens)} of them thinking`,
        ].filter(Boolean);
    replace(
        place,
        row(
            'Seen here',
            `${first === null ? 'no byte' : `first byte ${duration(first)}`}, in total ${duration(total)}`,
            'By this browser’s clock',
        ),
        booked && [
            row(
                'Gateway',
                `${isNumber(booked.first_byte_ms) ? `first byte ${duration(booked.first_byte_ms)}, ` : ''}in total ${duration(booked.total_ms)}`,
            ),
            row(
                'Tokens',
                tokens.length ? `${tokens.join(', ')}${booked.estimated ? ' (estimated)' : ''}` : 'nobody told them',
            ),
            row('Cost', [
                isNumber(booked.cost_usd)
                    ? money(booked.cost_usd)
                    : h('span.is-warn', refused ? '–' : 'unknown: no price matches this model'),
                booked.estimated && isNumber(booked.cost_usd) && ' (estimated)',
            ]),
            row(
                'Served by',
                booked.upstream &&
                    `${plain(booked.upstream)}${booked.served_model ? `, ${plain(booked.served_model)}` : ''}${booked.attempts > 1 ? `, after ${booked.attempts} tries` : ''}`,
            ),
            row('Ended', `${plain(booked.ending)}${booked.finish ? `: ${plain(booked.finish)}` : ''}`),
        ],
    );
}
