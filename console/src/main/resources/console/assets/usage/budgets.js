// SPDX-License-Identifier: Apache-2.0
// What may be spent, and how that stands.

import {getIfThere, pageOf, send} from '../api.js';
import {h, replace} from '../dom.js';
import {field, form, input, opened, select, twoClicks} from '../form.js';
import {amount, fullTime, isNumber, money, plain} from '../format.js';
import {cell, table} from '../parts.js';
import {may} from '../session.js';
import {keyName, namesOf} from './names.js';

const PERIODS = {total: 'in all', day: 'each day', month: 'each month'};

export async function budgets(signal) {
    const place = h('section.block', {id: 'budgets'});
    const draw = async () => {
        const [answer, keys] = await Promise.all([
            getIfThere('/v2/budgets', {signal}),
            may('administrator') ? getIfThere('/v2/keys', {signal}) : null,
        ]);
        const items = answer ? pageOf(answer).items : [];
        const of = scope => items.filter(budget => budget.scope === scope).map(budget => budget.scope_id);
        const [tellKey, tellJob] = await Promise.all([
            of('key').length ? namesOf('key', of('key'), signal) : null,
            of('job').length ? namesOf('job', of('job'), signal) : null,
        ]);
        const whose = budget =>
            budget.scope === 'team'
                ? 'the team'
                : budget.scope === 'key'
                  ? tellKey(budget.scope_id).text
                  : budget.scope === 'job'
                    ? h('a', {href: `/jobs/${budget.scope_id}`}, tellJob(budget.scope_id).text)
                    : h('a', {href: `/trace/${budget.scope_id}`}, 'one run');
        const setting = may('administrator')
            ? opened('Set a budget', close => budgetForm(keys ? pageOf(keys).items : [], close, draw))
            : null;
        replace(
            place,
            h('div.block-head', h('h2', 'Budgets and limits'), setting && h('span.end', setting.button)),
            setting?.place,
            items.length
                ? budgetTable(items, whose, draw)
                : h('p.quiet', 'None: calls of this team may cost whatever they cost, as fast as they come.'),
        );
    };
    await draw();
    return place;
}

const budgetTable = (items, whose, again) =>
    table(
        'Budgets and limits',
        ['For', 'Spent', 'Tokens', {text: 'Set aside', class: 'num'}, 'How fast', {text: '', class: 'num'}],
        h(
            'tbody',
            items.map(budget =>
                h(
                    'tr',
                    cell(
                        'For',
                        [
                            h('strong.name', whose(budget)),
                            h(
                                'span.sub',
                                PERIODS[budget.period] ?? plain(budget.period),
                                budget.period !== 'total' && `, since ${fullTime(budget.begins)}`,
                            ),
                        ],
                        {class: 'main'},
                    ),
                    cell('Spent', stand(budget.spent_usd, budget.limit_usd, money)),
                    cell('Tokens', stand(budget.spent_tokens, budget.limit_tokens, amount)),
                    cell(
                        'Set aside',
                        budget.held_usd || budget.held_tokens ? money(budget.held_usd) : h('span.none', '–'),
                        {class: 'num'},
                    ),
                    cell('How fast', paces(budget)),
                    cell(
                        '',
                        may('administrator')
                            ? twoClicks({
                                  text: 'Remove',
                                  sure: 'Remove it',
                                  label: `Remove the budget ${PERIODS[budget.period] ?? ''}`,
                                  act: () => send('DELETE', `/v2/budgets/${encodeURIComponent(budget.id)}`),
                                  after: again,
                              })
                            : null,
                        {class: 'num'},
                    ),
                ),
            ),
        ),
    );

/** How much of a limit is spent; where there is none, only how much. */
function stand(spent, limit, read) {
    if (!isNumber(limit)) return h('span.none', `${read(spent ?? 0)}, no limit`);
    const part = limit > 0 ? Math.min(1, spent / limit) : 1;
    return h(
        'span.stand',
        h('span', `${read(spent)} of ${read(limit)}`),
        h(
            'span.bar.is-wide',
            {'aria-hidden': 'true', class: part >= 1 ? 'is-full' : part >= 0.8 ? 'is-near' : ''},
            h('i', {vars: {'--share': `${part * 100}%`}}),
        ),
        part >= 1 && h('span.sub.is-error', 'spent: calls are refused'),
    );
}

function paces(budget) {
    const all = [
        isNumber(budget.requests_per_minute) && `${amount(budget.requests_per_minute)} calls a minute`,
        isNumber(budget.tokens_per_minute) && `${amount(budget.tokens_per_minute)} tokens a minute`,
        isNumber(budget.calls_at_once) && `${amount(budget.calls_at_once)} calls at once`,
    ].filter(Boolean);
    return all.length ? all.map(text => h('span.line', text)) : h('span.none', '–');
}

function budgetForm(keys, close, draw) {
    const ids = h('div.field-place');
    const scope = select(
        'scope',
        [
            ['team', 'the team'],
            ['key', 'a key'],
            ['job', 'a job'],
            ['run', 'a run'],
        ],
        'team',
        {onchange: () => drawId()},
    );
    const drawId = () =>
        replace(
            ids,
            scope.value === 'key'
                ? field(
                      'Key',
                      select(
                          'scope_id',
                          keys.map(key => [key.id, keyName(key)]),
                          keys[0]?.id,
                      ),
                  )
                : scope.value !== 'team' &&
                      field(
                          scope.value === 'job' ? 'Job' : 'Run',
                          input('scope_id', '', {required: true, placeholder: 'its id'}),
                      ),
        );
    drawId();
    const number = (name, text, attributes) =>
        field(text, input(name, '', {type: 'number', min: 0, step: 1, inputmode: 'numeric', ...attributes}));
    return h(
        'section.card.entering',
        h('h2', 'Set a budget'),
        h(
            'p.quiet',
            'One for each of these and each stretch of time: one that is there already gets the new limits. What is left empty is not limited.',
        ),
        form(
            'Set a budget',
            h(
                'div.fields',
                field('For', scope),
                ids,
                field('Time', select('period', Object.entries(PERIODS), 'month')),
                number('limit_usd', 'US dollars', {step: 'any', inputmode: 'decimal'}),
                number('limit_tokens', 'Tokens'),
                number('requests_per_minute', 'Calls a minute', {min: 1}),
                number('tokens_per_minute', 'Tokens a minute', {min: 1}),
                number('calls_at_once', 'Calls at once', {min: 1}),
            ),
            {
                action: 'Set it',
                cancel: close,
                submit: async typed => {
                    const wanted = {};
                    for (const [name, value] of typed) {
                        if (value.trim())
                            wanted[name] = ['scope', 'scope_id', 'period'].includes(name)
                                ? value.trim()
                                : Number(value);
                    }
                    await send('POST', '/v2/budgets', wanted);
                    await draw();
                    document.querySelector('#budgets .block-head button')?.focus();
                },
            },
        ),
    );
}
