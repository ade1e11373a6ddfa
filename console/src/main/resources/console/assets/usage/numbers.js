// SPDX-License-Identifier: Apache-2.0

import {h} from '../dom.js';
import {amount, duration, isNumber, money, moneyInShort, plural} from '../format.js';
import {figure} from '../parts.js';

/** All calls together. What is not known of them is said where it belongs. */
export function numbers(all) {
    const doubts = [
        all.unpriced_calls > 0 && `${plural(all.unpriced_calls, 'call')} of no known price left out`,
        all.estimated_calls > 0 && `${plural(all.estimated_calls, 'call')} estimated`,
    ].filter(Boolean);
    return h(
        'section.numbers',
        {'aria-label': 'All of it together'},
        figure(
            'Cost',
            h('span', {title: money(all.cost_usd)}, moneyInShort(all.cost_usd)),
            doubts.length ? h('span.is-warn', doubts.join('; ')) : 'every call has its price',
        ),
        figure(
            'Tokens',
            amount(all.input_tokens + all.output_tokens),
            `${amount(all.input_tokens)} in, ${amount(all.output_tokens)} out`,
        ),
        figure(
            'From caches',
            amount(all.cached_tokens),
            all.input_tokens ? `${Math.round((100 * all.cached_tokens) / all.input_tokens)} % of what went in` : '',
        ),
        figure(
            'Calls',
            amount(all.calls),
            all.errors ? h('span.is-error', `${amount(all.errors)} did not end well`) : 'all ended well',
        ),
        figure(
            'First byte',
            isNumber(all.first_byte_ms) ? duration(all.first_byte_ms) : h('span.none', '–'),
            isNumber(all.total_ms) ? `on average; ${duration(all.total_ms)} in total` : '',
        ),
    );
}
