// SPDX-License-Identifier: Apache-2.0
// What an environment said about a run: a score, and what it is made of.

import {h} from '../dom.js';
import {amount, isNumber, plain, reward} from '../format.js';
import {fold, rewardBar} from '../parts.js';
import {prose, valueView} from './content.js';

const KNOWN = new Set(['score', 'done', 'content', 'info', 'isError', 'subscores', 'answer']);

export function evaluationView(evaluation, {answer, key}) {
    const rest = Object.fromEntries(Object.entries(evaluation ?? {}).filter(([name]) => !KNOWN.has(name)));
    const said = answer ?? evaluation?.answer;
    return [
        said !== undefined &&
            said !== null &&
            h(
                'div.answer',
                h('h4', 'Answer'),
                typeof said === 'string' ? (said === '' ? h('span.none', 'empty') : prose(said)) : valueView(said),
            ),
        evaluation &&
            h(
                'div.score',
                {class: evaluation.isError && 'is-error'},
                h('span.value', isNumber(evaluation.score) ? reward(evaluation.score) : 'no score'),
                isNumber(evaluation.score) && rewardBar(evaluation.score),
            ),
        evaluation?.content &&
            (evaluation.isError ? h('div.callout.is-error', plain(evaluation.content)) : prose(evaluation.content)),
        subscoresView(evaluation?.subscores, key),
        hasContent(evaluation?.info) && fold(`${key} info`, 'Info', () => valueView(evaluation.info)),
        hasContent(rest) && fold(`${key} more`, 'More from the environment', () => valueView(rest)),
    ];
}

const hasContent = value =>
    value !== null && value !== undefined && (typeof value !== 'object' || Object.keys(value).length > 0);

export function subscoresView(subscores, key) {
    if (!subscores?.length) return null;
    return h(
        'ul.subscores',
        subscores.map((subscore, index) => subscoreView(subscore, `${key}.${index}`)),
    );
}

function subscoreView({name, value, weight, children, info}, key) {
    return h(
        'li',
        h(
            'div.subscore',
            h('span.name', plain(name)),
            rewardBar(value) ?? h('span'),
            h('span.value', isNumber(value) ? reward(value) : '–'),
            h(
                'span.weight',
                {class: weight < 0 && 'is-penalty'},
                isNumber(weight) ? (weight < 0 ? `penalty ${amount(weight)}` : `weight ${amount(weight)}`) : null,
            ),
        ),
        typeof info?.reason === 'string' && h('p.reason', plain(info.reason)),
        hasContent(info) && fold(`${key} info`, 'info', () => valueView(info)),
        subscoresView(children, key),
    );
}
