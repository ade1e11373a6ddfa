// SPDX-License-Identifier: Apache-2.0
// The timeline itself, entry by entry.

import {h, keyed, replace} from '../dom.js';
import {amount, between, duration, fullTime, isNumber, plain, plural, time} from '../format.js';
import {fold} from '../parts.js';
import {robotView} from '../robot/view.js';
import {anchorOf} from './checks.js';
import {isOmitted, messagesView, omittedView, valueView} from './content.js';
import {evaluationView} from './evaluation.js';
import {guarded} from './guard.js';
import {childView, subagentView} from './nested.js';
import {turnView} from './turn.js';

const robots = new WeakMap();

/** @param signal ends with the page: until then what is opened in place may be followed */
export function drawTimeline(list, {timeline, running, signal}) {
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
            item.kind === 'robot' ? `${start} robot` : `${start} ${item.kind} ${contentsOf(item)} ${isOpen(item)}`,
        render: item => guarded(() => itemView(item, {start, waiting: isOpen(item), signal, list}), oddView),
    });
    const robot = items.find(item => item.kind === 'robot');
    if (robot) guarded(() => robots.get(list)?.take(robot.entries), oddView);
}

const contentsOf = ({calls, entries, child}) =>
    JSON.stringify([
        calls?.map(call => [Boolean(call.answer), Boolean(call.screen?.before), call.children]),
        entries?.length,
        child,
    ]);

const oddView = () =>
    h('li.entry', h('div.entry-head', h('h3', 'Odd')), h('p.none', 'An entry of a shape that cannot be shown.'));

function itemView(item, {start, ...about}) {
    const {entry} = item;
    const began = time(entry.started_at);
    const offset =
        began !== null && start !== null
            ? h('span.offset', {title: fullTime(began)}, `+${duration(began - start)}`)
            : null;
    const [name, note, content] = viewOf(item, about);
    return h(
        'li.entry',
        {id: anchorOf(entry.id), class: `is-${item.kind}${entry.error ? ' has-error' : ''}`},
        h('div.entry-head', h('h3', name), note && h('span.note', note), offset),
        h('div.entry-body', content),
    );
}

function viewOf(item, {waiting, signal, list}) {
    const {entry} = item;
    if (isOmitted(entry) && item.kind !== 'turn' && STEPS.has(item.kind)) return [item.kind, null, omittedView(entry)];
    switch (item.kind) {
        case 'setup':
            return ['Task', h('span.mono', plain(entry.name)), setupView(entry)];
        case 'prompt':
            return [
                'Prompt',
                null,
                messagesView(entry.messages ?? [{role: 'user', content: {type: 'text', text: entry.text}}]),
            ];
        case 'turn':
            return [
                item.number ? `Turn ${item.number}` : 'Tool calls',
                turnNote(item),
                turnView(item, {waiting, signal}),
            ];
        case 'evaluate':
            return ['Evaluation', duration(between(entry.started_at, entry.ended_at)), evaluateView(entry)];
        case 'system':
            return ['Error', null, h('div.callout.is-error', plain(entry.error ?? 'unknown'))];
        case 'subagent':
            return ['Subagent', null, subagentView(entry.subagent ?? {}, entry.id, signal)];
        case 'child':
            return ['Run inside this one', null, childView(item.child, signal)];
        case 'robot':
            return ['Robot', null, robotIn(list, item.entries, signal)];
        default:
            return [
                plain(entry.name ?? entry.kind),
                item.entries.length > 1 ? plural(item.entries.length, 'span') : null,
                item.entries.map(({error}) => error && h('div.callout.is-error', plain(error))),
                fold(`${entry.id} raw`, 'Content', () => item.entries.slice(0, 50).map(rawView)),
            ];
    }
}

const STEPS = new Set(['setup', 'prompt', 'evaluate', 'system', 'subagent']);

const rawView = entry => (isOmitted(entry) ? omittedView(entry) : valueView(entry.payload));

const tokens = count => amount(isNumber(count) ? count : 0);

function turnNote({said, entry, end}) {
    const usage = said?.usage;
    return [
        duration(between(entry.started_at, end ?? entry.ended_at)),
        usage && `${tokens(usage.prompt_tokens)} → ${tokens(usage.completion_tokens)} tokens`,
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

const evaluateView = entry => [
    entry.error && !entry.result?.content && h('div.callout.is-error', plain(entry.error)),
    evaluationView(entry.result ?? null, {answer: entry.arguments?.answer, key: entry.id}),
];

/** What a reader has set it to stays, while steps go on coming. */
function robotIn(list, entries, signal) {
    const {element, update} = robotView(entries, signal);
    let known = entries.length;
    robots.set(list, {
        take: all => {
            if (all.length !== known) update(all);
            known = all.length;
        },
    });
    return element;
}
