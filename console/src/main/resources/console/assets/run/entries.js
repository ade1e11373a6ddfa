// SPDX-License-Identifier: Apache-2.0
// The timeline itself, entry by entry.

import {h, keyed, replace} from '../dom.js';
import {amount, between, duration, fullTime, plain, plural, shortId, time} from '../format.js';
import {fold} from '../parts.js';
import {blockView, isOmitted, omittedView, prose, valueView} from './content.js';
import {evaluationView} from './evaluation.js';
import {turnView} from './turn.js';

export function drawTimeline(list, {timeline, running}) {
    const {items, start} = timeline;
    if (!items.length) {
        replace(
            list,
            h(
                'li.entry.nothing',
                running
                    ? 'Nothing has happened yet. Steps appear here as they are made.'
                    : 'This run ended without a single step on record.',
            ),
        );
        return;
    }
    const isOpen = item => running && item === items.at(-1);
    keyed(list, items, {
        key: item => item.entry.id,
        signature: item =>
            `${start} ${item.kind} ${item.calls?.map(call => Boolean(call.answer)).join()} ${item.entries?.length} ${isOpen(item)}`,
        render: item => itemView(item, {start, waiting: isOpen(item)}),
    });
}

function itemView(item, {start, waiting}) {
    const {entry} = item;
    const began = time(entry.started_at);
    const offset =
        began !== null && start !== null
            ? h('span.offset', {title: fullTime(began)}, `+${duration(began - start)}`)
            : null;
    const [name, note, content] = viewOf(item, waiting);
    return h(
        'li.entry',
        {class: `is-${item.kind}${entry.error ? ' has-error' : ''}`},
        h('div.entry-head', h('h3', name), note && h('span.note', note), offset),
        h('div.entry-body', content),
    );
}

function viewOf(item, waiting) {
    const {entry} = item;
    if (isOmitted(entry) && item.kind !== 'turn' && STEPS.has(item.kind))
        return [item.kind, null, omittedView(entry)];
    switch (item.kind) {
        case 'setup':
            return ['Task', h('span.mono', plain(entry.name)), setupView(entry)];
        case 'prompt':
            return ['Prompt', null, messagesView(entry)];
        case 'turn':
            return [item.number ? `Turn ${item.number}` : 'Tool calls', turnNote(item), turnView(item, {waiting})];
        case 'evaluate':
            return ['Evaluation', duration(between(entry.started_at, entry.ended_at)), evaluateView(entry)];
        case 'system':
            return ['Error', null, h('div.callout.is-error', plain(entry.error ?? 'unknown'))];
        case 'subagent':
            return ['Subagent', null, subagentView(entry.payload?.subagent ?? {}, entry.id)];
        default:
            return [
                plain(entry.kind),
                item.entries.length > 1 ? plural(item.entries.length, 'span') : null,
                fold(`${entry.id} raw`, 'Content', () => item.entries.slice(0, 50).map(rawView)),
            ];
    }
}

const STEPS = new Set(['setup', 'prompt', 'evaluate', 'system', 'subagent']);

const rawView = entry => (isOmitted(entry) ? omittedView(entry) : valueView(entry.payload));

function turnNote({said, entry, end}) {
    const usage = said?.usage;
    return [
        duration(between(entry.started_at, end ?? entry.ended_at)),
        usage && `${amount(usage.prompt_tokens ?? 0)} → ${amount(usage.completion_tokens ?? 0)} tokens`,
        said?.done && 'done',
    ]
        .filter(Boolean)
        .join(' · ');
}

const setupView = entry => [
    Object.keys(entry.arguments ?? {}).length > 0 && valueView(entry.arguments),
    entry.error && h('div.callout.is-error', plain(entry.error)),
    entry.result && fold(`${entry.id} result`, 'What the environment answered', () => valueView(entry.result)),
];

const messagesView = entry =>
    (entry.messages ?? [{role: 'user', content: {type: 'text', text: entry.text}}]).map((message, index, all) =>
        h(
            'div.message',
            (all.length > 1 || message.role !== 'user') && h('h4', plain(message.role)),
            [message.content].flat().map(blockView),
        ),
    );

const evaluateView = entry => [
    entry.error && !entry.result?.content && h('div.callout.is-error', plain(entry.error)),
    evaluationView(entry.result ?? null, {answer: entry.arguments?.answer, key: entry.id}),
];

function subagentView(subagent, key) {
    return [
        subagent.content && prose(subagent.content),
        subagent.trace_id && h('p', h('a', {href: `/trace/${subagent.trace_id}`}, `Run ${shortId(subagent.trace_id)}`)),
        subagent.steps?.length > 0 &&
            fold(`${key} steps`, plural(subagent.steps.length, 'step'), () => valueView(subagent.steps)),
    ];
}
