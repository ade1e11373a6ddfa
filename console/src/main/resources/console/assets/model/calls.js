// SPDX-License-Identifier: Apache-2.0
// What the last hour of a model was like.

import {getIfThere} from '../api.js';
import {h} from '../dom.js';
import {amount, duration, isNumber, money, plain} from '../format.js';
import {ageText, cell, table} from '../parts.js';

const SHOWN = 20;
const ENDINGS = {
    done: 'done',
    failed: 'failed',
    gone: 'its client left',
    late: 'too late',
    cut: 'its run ended',
    drained: 'the gateway stopped',
    lost: 'lost',
};

export async function callsBlock(model, signal) {
    const since = new Date(Date.now() - 3600_000).toISOString();
    const [usage, calls] = await Promise.all([
        getIfThere('/v2/usage', {query: {model, from: since}, signal}),
        getIfThere('/v2/calls', {query: {model, limit: SHOWN}, signal}),
    ]);
    const sum = usage?.items[0];
    const recent = (calls?.items ?? []).filter(call => call.at >= since);
    if (!usage) return null;
    return h(
        'section.block',
        h('h2', 'The last hour'),
        sum?.calls
            ? [
                  h(
                      'p.lead.after-head',
                      `${amount(sum.calls)} ${sum.calls === 1 ? 'call' : 'calls'}, `,
                      sum.errors
                          ? h('span.is-error', `${amount(sum.errors)} of them did not end well`)
                          : 'all ended well',
                      `; ${amount(sum.input_tokens)} tokens in, ${amount(sum.output_tokens)} out; `,
                      sum.unpriced_calls === sum.calls ? h('span.is-warn', 'cost unknown') : money(sum.cost_usd),
                      isNumber(sum.first_byte_ms) && `; first byte after ${duration(sum.first_byte_ms)} on average`,
                      '.',
                  ),
                  recent.length > 0 && callTable(recent),
                  sum.calls > recent.length &&
                      h(
                          'p.cut',
                          `The latest ${amount(recent.length)}. `,
                          h('a', {href: '/usage?over=day'}, 'Usage of the last day'),
                      ),
              ]
            : h('p.quiet', 'Nobody has called it.'),
    );
}

const callTable = calls =>
    table(
        'Calls of the last hour',
        [
            'When',
            'Ended',
            'Dialect',
            {text: 'Tokens', class: 'num'},
            {text: 'Cost', class: 'num'},
            {text: 'First byte', class: 'num'},
            {text: 'Took', class: 'num'},
            'Run',
        ],
        h(
            'tbody',
            calls.map(call =>
                h(
                    'tr',
                    cell('When', ageText(call.at), {class: 'main'}),
                    cell(
                        'Ended',
                        call.ending === 'done'
                            ? `done${call.finish ? `: ${plain(call.finish)}` : ''}`
                            : h(
                                  'span.is-error',
                                  {title: plain(call.error ?? '')},
                                  `${ENDINGS[call.ending] ?? plain(call.ending)}${call.status ? ` (${call.status})` : ''}`,
                              ),
                    ),
                    cell('Dialect', plain(call.dialect)),
                    cell(
                        'Tokens',
                        isNumber(call.input_tokens)
                            ? [
                                  `${amount(call.input_tokens)} in, ${amount(call.output_tokens ?? 0)} out`,
                                  call.estimated && h('span.sub', 'estimated'),
                              ]
                            : h('span.none', '–'),
                        {class: 'num'},
                    ),
                    cell('Cost', isNumber(call.cost_usd) ? money(call.cost_usd) : h('span.is-warn', 'unknown'), {
                        class: 'num',
                    }),
                    cell(
                        'First byte',
                        isNumber(call.first_byte_ms) ? duration(call.first_byte_ms) : h('span.none', '–'),
                        {class: 'num'},
                    ),
                    cell('Took', duration(call.total_ms), {class: 'num'}),
                    cell(
                        'Run',
                        call.run_id
                            ? h('a.mono', {href: `/trace/${call.run_id}`}, call.run_id.slice(0, 8))
                            : h('span.none', '–'),
                    ),
                ),
            ),
        ),
    );
