// SPDX-License-Identifier: Apache-2.0
// The checkpoints of a model, the newest first, and of one that is opened the runs behind it.

import {getIfThere, send} from '../api.js';
import {h, isStale, keyed, replace} from '../dom.js';
import {twoClicks} from '../form.js';
import {amount, count, isNumber, plain, reward, shortId} from '../format.js';
import {ageText, cell, copyButton, table} from '../parts.js';
import {may} from '../session.js';
import {nameOf, numberOf, parentText} from './tree.js';

/** How many rows the table begins with; whoever wants more asks for as many again. */
const FIRST = 20;
const FIRST_RUNS = 50;

const HEADS = [
    'Checkpoint',
    'Loss',
    {text: 'Mean reward', class: 'num'},
    {text: 'Runs', class: 'num'},
    {text: 'Datums', class: 'num'},
    {text: 'Tokens', class: 'num'},
    {text: 'Learning rate', class: 'num'},
    {text: 'Made', class: 'num'},
];

/** @param again draws anew, once another one is served */
export function checkpointTable({model, choose, again}) {
    const maySet = may('member');
    const rows = h('tbody');
    const cut = h('div');
    const element = h('div', table('Checkpoints', maySet ? [...HEADS, ''] : HEADS, rows), cut);
    /** By checkpoint, what went into it; null: that is not on record. It never changes. */
    const inputs = new Map();
    let shown = FIRST;
    let sought = null;

    const learn = async (opened, signal) => {
        if (inputs.has(opened.id)) return;
        const whole = await getIfThere(`/v2/models/${model.id}/checkpoints/${opened.id}`, {signal});
        inputs.set(opened.id, whole?.inputs ?? null);
    };

    const toggle = (event, one, isOpen) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        choose({checkpoint: isOpen ? null : one.id});
    };

    const row = ({one, parent, isOpen}) =>
        h(
            'tr',
            {class: 'linked', id: `checkpoint-${one.id}`},
            cell('Checkpoint', [
                h(
                    'a.row-link',
                    {
                        href: `?checkpoint=${encodeURIComponent(one.id)}`,
                        'aria-expanded': String(isOpen),
                        onclick: event => toggle(event, one, isOpen),
                    },
                    plain(nameOf(one)),
                ),
                one.is_active && [' ', h('span.badge', 'head')],
                parent && h('span.sub', plain(parent)),
            ], {class: 'main'}),
            cell('Loss', one.loss_fn ? h('span.mono', plain(one.loss_fn)) : h('span.none', '–')),
            cell('Mean reward', meanReward(one), {class: 'num'}),
            cell('Runs', numberText(one.num_traces), {class: 'num'}),
            cell('Datums', numberText(one.num_datums), {class: 'num'}),
            cell('Tokens', numberText(one.num_tokens), {class: 'num'}),
            cell('Learning rate', isNumber(one.learning_rate) ? String(one.learning_rate) : h('span.none', '–'), {class: 'num'}),
            cell('Made', ageText(one.created_at), {class: 'num'}),
            maySet && cell('', one.is_active ? null : serving(one), {class: 'num'}),
        );

    const serving = one =>
        twoClicks({
            text: 'Serve this',
            sure: 'Serve it from now on',
            keep: 'Leave it',
            label: `Serve ${plain(nameOf(one))}`,
            act: () => send('PUT', `/v2/models/${model.id}/head`, {checkpoint_id: one.id}),
            after: again,
        });

    const draw = (all, opened, wanted) => {
        const place = all.indexOf(opened);
        if (opened) shown = Math.max(shown, all.length - place);
        const items = all
            .map((one, index) => ({one, parent: parentText(one, all[index - 1], all), isOpen: one === opened}))
            .slice(-shown)
            .reverse()
            .flatMap(item => (item.isOpen ? [item, {inside: item.one}] : [item]));
        keyed(rows, items, {
            key: ({one, inside}) => (inside ? `${inside.id} inside` : one.id),
            signature: JSON.stringify,
            render: item => (item.inside ? insideRow(item.inside, inputs.get(item.inside.id), maySet) : row(item)),
        });
        if (isStale(cut, JSON.stringify([shown < all.length && [shown, all.length], opened ? null : wanted]))) {
            const showMore = () => {
                shown *= 2;
                draw(all, opened, wanted);
            };
            replace(
                cut,
                shown < all.length &&
                    h(
                        'p.cut',
                        `The newest ${amount(shown)} of ${amount(all.length)} checkpoints. `,
                        h('button.more', {type: 'button', onclick: showMore}, 'Show more'),
                    ),
                wanted && !opened && h('p.cut.is-warn', `This model has no checkpoint ${plain(wanted)}.`),
            );
        }
        if (opened && sought !== opened.id) document.getElementById(`checkpoint-${opened.id}`)?.scrollIntoView({block: 'nearest'});
        sought = opened?.id ?? null;
    };

    return {element, learn, draw};
}

const numberText = value => (isNumber(value) ? count(value) : h('span.none', '–'));

function meanReward(one) {
    if (!isNumber(one.mean_reward)) return h('span.none', {title: 'Nothing that went into it had a reward'}, '–');
    const deviation = numberOf(one, 'reward_std');
    return [h('span.reward', reward(one.mean_reward)), isNumber(deviation) && h('span.quiet', ` ± ${reward(deviation)}`)];
}

/** What went into a step, and all that was measured of it. */
function insideRow(one, inputs, maySet) {
    const metrics = Object.entries(one.metrics ?? {}).sort(([a], [b]) => a.localeCompare(b));
    return h(
        'tr.inside',
        h(
            'td.main',
            {colspan: HEADS.length + (maySet ? 1 : 0)},
            h(
                'div.inside-parts',
                h(
                    'div',
                    h('h4', 'Runs behind it'),
                    inputs?.length ? runsTable(one, inputs) : h('p.none', inputs ? 'Nothing went into it.' : 'They are not on record.'),
                ),
                h(
                    'div',
                    one.checkpoint_name && [
                        h('h4', 'To ask for it'),
                        h('p', h('code', plain(one.checkpoint_name)), ' ', copyButton(one.checkpoint_name, 'Copy its name')),
                    ],
                    metrics.length > 0 && [
                        h('h4', 'Metrics'),
                        h('dl.values', metrics.map(([name, value]) => h('div', h('dt', plain(name)), h('dd.mono', plain(value))))),
                    ],
                ),
            ),
        ),
    );
}

function runsTable(one, inputs) {
    // of one loss for all the row above tells
    const isMixed = new Set(inputs.map(input => input.loss_fn)).size > 1;
    const row = input => runRow(input, isMixed);
    const rows = h('tbody', inputs.slice(0, FIRST_RUNS).map(row));
    const more = h(
        'button.more',
        {
            type: 'button',
            onclick: () => {
                rows.append(...inputs.slice(FIRST_RUNS).map(row));
                more.remove();
            },
        },
        `Show all ${amount(inputs.length)}`,
    );
    const heads = ['Run', {text: 'Reward', class: 'num'}, {text: 'Advantage', class: 'num'}];
    return [table(`Runs behind ${plain(nameOf(one))}`, isMixed ? [...heads, 'Loss'] : heads, rows), inputs.length > FIRST_RUNS && more];
}

const runRow = (input, isMixed) =>
    h(
        'tr',
        {class: input.trace_id && 'linked'},
        cell(
            'Run',
            input.trace_id
                ? h('a.row-link.mono', {href: `/trace/${input.trace_id}`}, shortId(input.trace_id))
                : h('span.quiet', {title: 'Its samples were sent without the id of a trace'}, 'no trace'),
            {class: 'main'},
        ),
        cell('Reward', h('span.reward', reward(input.reward)), {class: 'num'}),
        cell('Advantage', isNumber(input.advantage) ? signed(input.advantage) : h('span.none', '–'), {class: 'num'}),
        isMixed && cell('Loss', h('span.mono', plain(input.loss_fn ?? '–'))),
    );

const signed = value => `${value < 0 ? '−' : '+'}${reward(Math.abs(value))}`;
