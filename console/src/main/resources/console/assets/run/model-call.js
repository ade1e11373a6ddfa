// SPDX-License-Identifier: Apache-2.0
// A call of a model, as the gateway wrote it down: what it took and what it cost.

import {h} from '../dom.js';
import {count, duration, isNumber, money, plain} from '../format.js';
import {fold} from '../parts.js';
import {isOmitted, omittedView, valueView} from './content.js';

/** In dollars; null: nobody knows, which is not 0. */
export const costOf = entry => (isNumber(entry.payload?.cost_usd) ? entry.payload.cost_usd : null);

/** Of all whose cost is known; null: of none. */
export const costOfAll = entries =>
    entries.reduce((sum, entry) => (costOf(entry) === null ? sum : (sum ?? 0) + costOf(entry)), null);

export const modelCallView = entry => [
    entry.payload?.error && h('div.callout.is-error', plain(entry.payload.error)),
    fold(`${entry.id} call`, h('span', 'Model call', entry.payload && h('span.peek', lineOf(entry.payload))), () =>
        isOmitted(entry) ? omittedView(entry) : valueView(entry.payload),
    ),
];

const lineOf = call =>
    [
        plain(call.served_model ?? call.model),
        `${call.estimated ? 'about ' : ''}${count(call.input_tokens)} → ${count(call.output_tokens)} tokens` +
            (call.cached_tokens ? `, ${count(call.cached_tokens)} cached` : ''),
        isNumber(call.cost_usd) ? money(call.cost_usd) : 'cost unknown',
        isNumber(call.total_ms) && duration(call.total_ms),
        isNumber(call.first_byte_ms) && `first byte after ${duration(call.first_byte_ms)}`,
        call.attempts > 1 && `${count(call.attempts)} attempts`,
    ]
        .filter(Boolean)
        .join(' · ');
