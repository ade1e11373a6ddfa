// SPDX-License-Identifier: Apache-2.0
// The prices of a model: which count, and setting, changing and removing those of the team.

import {send} from '../api.js';
import {h, replace} from '../dom.js';
import {field, form, input, opened, select, twoClicks} from '../form.js';
import {isNumber, money, plain} from '../format.js';
import {cell, table} from '../parts.js';
import {may} from '../session.js';
import {isUnpriced, pricesOf, whoseWords} from './price.js';

/** @param answer what the platform said of prices; null: nothing */
export function priceBlock(model, served, answer, again) {
    if (!answer) return null;
    const prices = pricesOf(model, served, answer);
    const unpriced = isUnpriced(model, served, prices);
    const mayChange = may('administrator');
    const upstreams = served.map(one => one.name).filter(Boolean);
    const setting = mayChange
        ? opened('Set a price', close => priceForm('Set a price', {pattern: model}, upstreams, {close, again}))
        : null;
    const changing = h('div');
    const change = price => {
        const close = () => replace(changing);
        replace(changing, priceForm('Change a price', price, upstreams, {close, again}));
        changing.scrollIntoView({block: 'nearest'});
        changing.querySelector('input').focus({preventScroll: true});
    };
    return h(
        'section.block',
        {id: 'prices'},
        h('div.block-head', h('h2', 'Prices'), setting && h('span.end', setting.button)),
        setting?.place,
        changing,
        unpriced.length > 0 &&
            h(
                'p.lead.after-head.is-warn',
                unpriced.length < served.length ? `Unknown at ${unpriced.map(({name}) => plain(name)).join(', ')}` : 'Unknown',
                ': calls are booked without a cost.',
            ),
        prices.length > 0 &&
            table(
                'Prices',
                [
                    'For',
                    'Whose',
                    {text: 'Since', class: 'num'},
                    {text: 'In', class: 'num'},
                    {text: 'Out', class: 'num'},
                    {text: 'From a cache', class: 'num'},
                    {text: 'Into a cache', class: 'num'},
                    {text: '', class: 'num'},
                ],
                h(
                    'tbody',
                    prices.map(price => row(price, {mayChange, change, again})),
                ),
            ),
        prices.length > 0 && h('p.cut', 'US dollars for a million tokens. Calls that were booked keep the cost that they have.'),
    );
}

function row(price, {mayChange, change, again}) {
    const {line} = price;
    const dollars = value => (isNumber(value) ? money(value) : h('span.none', {title: 'As what goes in'}, '–'));
    return h(
        'tr',
        {class: !price.counts && 'is-idle'},
        cell(
            'For',
            [
                h('span.mono.name', plain(price.pattern)),
                price.counts && [' ', h('span.badge', 'counts')],
                price.later && [' ', h('span.badge.is-warn', 'not yet')],
                price.upstream && h('span.sub', `if ${plain(price.upstream)} serves it`),
                line.tiers?.length > 0 &&
                    h('span.sub', `more for inputs of over ${line.tiers.map(tier => tier.above.toLocaleString('en')).join(', ')} tokens`),
            ],
            {class: 'main'},
        ),
        cell('Whose', whoseWords(price)),
        cell('Since', price.since, {class: 'num'}),
        cell('In', dollars(line.input), {class: 'num'}),
        cell('Out', dollars(line.output), {class: 'num'}),
        cell('From a cache', dollars(line.cache_read), {class: 'num'}),
        cell('Into a cache', dollars(line.cache_write), {class: 'num'}),
        cell(
            '',
            mayChange && price.whose === 'own'
                ? h(
                      'span.actions',
                      h(
                          'button.quiet',
                          {type: 'button', 'aria-label': `Change the price for ${plain(price.pattern)}`, onclick: () => change(price)},
                          'Change',
                      ),
                      twoClicks({
                          text: 'Remove',
                          sure: 'Remove for good',
                          label: `Remove the price for ${plain(price.pattern)}`,
                          act: () => send('DELETE', `/v2/prices/${encodeURIComponent(price.id)}`),
                          after: again,
                      }),
                  )
                : null,
            {class: 'num'},
        ),
    );
}

const TOKENS = [
    ['input', 'Input', true],
    ['output', 'Output', true],
    ['cache_read', 'Read from a cache'],
    ['cache_write', 'Written to a cache'],
];

/** @param price what the fields begin with; one that has an id is there already, and is replaced */
function priceForm(title, {id, pattern, upstream, since, line = {}}, upstreams, {close, again}) {
    const choices = [...new Set([...upstreams, upstream].filter(Boolean))];
    return h(
        'section.card.entering',
        h('h2', title),
        form(
            title,
            h(
                'div.fields',
                field('For', input('match', pattern, {required: true, maxlength: 200}), {
                    hint: 'A model’s name; * stands for any characters.',
                }),
                field(
                    'Served by',
                    select('upstream', [['', 'any upstream'], ...choices.map(name => [name, plain(name)])], upstream ?? ''),
                ),
                field('Since', input('since', since ?? new Date().toISOString().slice(0, 10), {type: 'date', required: true}), {
                    hint: 'By UTC.',
                }),
                TOKENS.map(([name, text, required]) =>
                    field(
                        text,
                        input(name, line[name], {type: 'number', min: 0, step: 'any', inputmode: 'decimal', required: Boolean(required)}),
                        {hint: required ? 'US dollars for a million tokens.' : 'Left empty: as what goes in.'},
                    ),
                ),
            ),
            {
                action: id ? 'Save' : 'Set it',
                cancel: close,
                submit: async typed => {
                    // What has no field here stays as it is: tiers, and the longest answer.
                    const wanted = {...line, match: typed.get('match').trim(), since: typed.get('since')};
                    if (typed.get('upstream')) wanted.upstream = typed.get('upstream');
                    for (const [name] of TOKENS) {
                        if (typed.get(name)) wanted[name] = Number(typed.get(name));
                        else delete wanted[name];
                    }
                    // The new one first: at no time is the model without a price.
                    await send('POST', '/v2/prices', wanted);
                    if (id) await send('DELETE', `/v2/prices/${encodeURIComponent(id)}`);
                    await again();
                },
            },
        ),
    );
}
