// SPDX-License-Identifier: Apache-2.0
// The timeline itself, entry by entry.

import {h, keyed, replace} from '../dom.js';
import {amount, between, duration, fullTime, isNumber, money, plain, plural, textOf, time} from '../format.js';
import {fold} from '../parts.js';
import {robotView} from '../robot/view.js';
import {isOmitted, messagesView, omittedView, valueView} from './content.js';
import {evaluationView} from './evaluation.js';
import {guarded} from './guard.js';
import {costOfAll, modelCallView} from './model-call.js';
import {childView, subagentView} from './nested.js';
import {turnView} from './turn.js';

const robots = new WeakMap();

/** A timeline as a whole, as one that stands inside another: the page's own draws only what is near. */
export function drawTimeline(list, {timeline, running, signal}) {
    const {items} = timeline;
    if (!items.length) return void replace(list, nothingView(running));
    keyed(list, items, rowsOf({timeline, running, signal}));
    updateRobot(list, items);
}

export const nothingView = running =>
    h(
        'li.entry.nothing',
        running ? 'Nothing has happened yet. Steps appear here as they are made.' : 'This run ended without a single step on record.',
    );

/**
 * How the items of a timeline are drawn, for `keyed`.
 *
 * @param signal ends with the page: until then what is opened in place may be followed
 * @param linked gives what stands at the end of an item's head; without it, its time
 */
export function rowsOf({timeline: {items, start}, running, signal, linked = null}) {
    const isOpen = item => running && item === items.at(-1);
    return {
        key: item => item.entry.id,
        signature: item =>
            item.kind === 'robot' ? `${start} robot` : `${start} ${item.kind} ${contentsOf(item)} ${isOpen(item)}`,
        render: item => guarded(() => itemView(item, {start, waiting: isOpen(item), signal, linked}), oddView),
    };
}

/** A robot's films are left alone while steps go on coming. */
export function updateRobot(place, items) {
    const robot = items.find(item => item.kind === 'robot');
    if (robot) guarded(() => robots.get(place.querySelector('.robot'))?.(robot.entries), oddView);
}

const contentsOf = ({calls, entries, child}) =>
    JSON.stringify([
        calls?.map(call => [Boolean(call.answer), Boolean(call.screen?.before), call.children]),
        entries?.length,
        child,
    ]);

const oddView = () =>
    h('li.entry', h('div.entry-head', h('h3', 'Odd')), h('p.none', 'An entry of a shape that cannot be shown.'));

function itemView(item, {start, linked, ...about}) {
    const {entry} = item;
    const began = time(entry.started_at);
    const since = began !== null && start !== null ? `+${duration(began - start)}` : null;
    const [name, note, content] = viewOf(item, about);
    return h(
        'li.entry',
        {class: `is-${item.kind}${entry.error ? ' has-error' : ''}`},
        h(
            'div.entry-head',
            h('h3', name),
            note && h('span.note', note),
            linked ? linked(item, since) : since && h('span.offset', {title: fullTime(began)}, since),
        ),
        h('div.entry-body', content),
    );
}

/** What an item is called where there is no room for more. */
export function titleOf(item) {
    if (item.kind === 'turn') {
        const tools = [...new Set(item.calls.map(({call}) => textOf(call.name ?? 'tool')))].slice(0, 3).join(', ');
        return plain((item.number ? `Turn ${item.number}` : 'Tool calls') + (tools && `, ${tools}`));
    }
    return TITLES[item.kind] ?? plain(item.entry.name ?? item.entry.kind);
}

const TITLES = {
    setup: 'Task',
    prompt: 'Prompt',
    evaluate: 'Evaluation',
    system: 'Error',
    subagent: 'Subagent',
    child: 'Run inside this one',
    robot: 'Robot',
};

function viewOf(item, {waiting, signal}) {
    const {entry} = item;
    if (isOmitted(entry) && item.kind !== 'turn' && STEPS.has(item.kind)) return [item.kind, null, omittedView(entry)];
    if (entry.kind === 'call') return ['Model calls', null, item.entries.slice(0, 50).map(modelCallView)];
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
            return ['Robot', null, robotIn(item.entries, signal)];
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

function turnNote({said, entry, entries, end}) {
    const usage = said?.usage;
    const cost = costOfAll(entries ?? []);
    return [
        duration(between(entry.started_at, end ?? entry.ended_at)),
        usage && `${tokens(usage.prompt_tokens)} → ${tokens(usage.completion_tokens)} tokens`,
        cost !== null && money(cost),
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
function robotIn(entries, signal) {
    const {element, update} = robotView(entries, signal);
    let known = entries.length;
    robots.set(element, all => {
        if (all.length !== known) update(all);
        known = all.length;
    });
    return element;
}
