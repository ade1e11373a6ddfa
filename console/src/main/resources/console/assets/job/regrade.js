// SPDX-License-Identifier: Apache-2.0
// A job that is graded once more from its traces, and what came of it.

import {getIfThere, send} from '../api.js';
import {h, isStale, replace} from '../dom.js';
import {attempt, check, field, form, input, opened, select, twoClicks} from '../form.js';
import {amount, isNumber, plain, plural, reward} from '../format.js';
import {ageText} from '../parts.js';
import {may} from '../session.js';

const RULES = [
    ['exact_match', 'is the same as'],
    ['contains', 'contains'],
    ['contains_any', 'contains any of (a line each)'],
    ['contains_all', 'contains all of (a line each)'],
    ['numeric_match', 'has the number'],
    ['f1_score', 'shares words with'],
];
const OF_LISTS = ['contains_any', 'contains_all'];

/** Draws them; asked for anew while one goes on. */
export function regrades(place, id, signal) {
    const address = `/v2/jobs/${encodeURIComponent(id)}/regrades`;
    const asking = h('div');
    const list = h('ul.regrades', {'aria-label': 'Graded again'});
    let told = null;

    const read = async () => {
        told = (await getIfThere(address, {signal}))?.items ?? [];
        if (isStale(list, JSON.stringify(told))) replace(list, told.map(one => lineOf(one, address, read)));
    };

    return async job => {
        if (!job.completed_count) return;
        if (!place.childNodes.length) {
            if (may('member')) {
                const {button, place: below} = opened('Grade again', close => ask(address, close, read));
                replace(asking, h('p', button), below);
            }
            replace(place, asking, list);
        }
        if (told === null || told.some(one => one.status === 'running')) await read();
    };
}

function ask(address, close, after) {
    const judge = h(
        'div.fields',
        field('Model', input('model', ''), {hint: 'One of the catalog. Its calls are the team’s.'}),
        field('It judges', select('shown', [['answer', 'the answer'], ['timeline', 'the whole timeline']], 'answer')),
        field('Criteria', h('textarea', {name: 'criteria', rows: 4}), {
            wide: true,
            hint: 'A line each. One that begins with - is a mistake to be avoided.',
        }),
    );
    const rule = h(
        'div.fields',
        field('The answer', select('rule', RULES, 'contains')),
        field('Expected', h('textarea', {name: 'expected', rows: 2}), {hint: 'Of all tasks. What each task expects is said over the API.'}),
    );
    const by = select('by', [['judge', 'a model'], ['rule', 'a comparison']], 'judge', {
        onchange: event => show(event.currentTarget.value),
    });
    const show = chosen => {
        judge.hidden = chosen !== 'judge';
        rule.hidden = chosen !== 'rule';
    };
    show('judge');
    return h(
        'section.card.share',
        {'aria-label': 'Grade again'},
        h('h2', 'Grade again'),
        h('p.under', 'Every run that has completed gets one more grade, from what it left. Nothing is run.'),
        form('Grade again', [h('div.fields', field('By', by)), judge, rule, check('make_of_record', 'The new grades count from then on', false)], {
            action: 'Grade',
            cancel: close,
            submit: async typed => {
                await send('POST', address, asked(typed));
                close();
                await after();
            },
        }),
    );
}

function asked(typed) {
    const makeOfRecord = typed.get('make_of_record') === 'on';
    if (typed.get('by') === 'rule') {
        const rule = typed.get('rule');
        const expected = typed.get('expected').trim();
        return {rule, expected: OF_LISTS.includes(rule) ? linesOf(expected) : expected, make_of_record: makeOfRecord};
    }
    return {
        model: typed.get('model').trim(),
        shown: typed.get('shown'),
        criteria: linesOf(typed.get('criteria')).map(line =>
            line.startsWith('-') ? {requirement: line.slice(1).trim(), weight: -1} : {requirement: line},
        ),
        make_of_record: makeOfRecord,
    };
}

const linesOf = text =>
    text
        .split('\n')
        .map(line => line.trim())
        .filter(Boolean);

const lineOf = (one, address, again) =>
    h(
        'li',
        h('span', 'Graded again by ', h('span.mono', plain(one.evaluator)), ' ', ageText(one.created_at), ': '),
        one.status === 'running'
            ? `${amount(one.graded + one.failed)} of ${plural(one.runs, 'run')}`
            : `${plural(one.graded, 'run')}${one.status === 'cancelled' ? ', then cancelled' : ''}`,
        one.failed > 0 && `, ${amount(one.failed)} could not be graded`,
        isNumber(one.mean_after) && [', mean ', isNumber(one.mean_before) ? `${reward(one.mean_before)} → ` : '', h('strong', reward(one.mean_after))],
        one.make_of_record && h('span.badge', {title: 'The new grades are what statistics go by.'}, 'of record'),
        one.status === 'running' &&
            may('member') && [
                ' ',
                twoClicks({
                    text: 'Cancel',
                    sure: 'Cancel what is left',
                    label: `Cancel grading by ${plain(one.evaluator)}`,
                    act: () => send('DELETE', `${address}/${encodeURIComponent(one.id)}`),
                    after: () => attempt(again),
                }),
            ],
    );
