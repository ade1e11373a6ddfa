// SPDX-License-Identifier: Apache-2.0
// Workers as rows, and the runs that they hold.

import {send} from '../api.js';
import {h} from '../dom.js';
import {attempt, twoClicks} from '../form.js';
import {amount, bytes, fullTime, isNumber, plain, plural, shortId} from '../format.js';
import {ageText, cell, statusPill, table} from '../parts.js';

const STATES = {working: 'well', draining: 'cautious', drained: 'idle', closed: 'error', stopping: 'idle'};

export const workerTable = (items, actions) =>
    table(
        'Workers',
        [
            'Worker',
            'State',
            {text: 'Holds', class: 'num'},
            {text: 'Has', class: 'num'},
            {text: 'Spans', class: 'num'},
            {text: 'Keeps', class: 'num'},
            {text: 'Last seen', class: 'num'},
            {text: '', class: 'num'},
        ],
        h(
            'tbody',
            items.map(worker => row(worker, actions)),
        ),
    );

function row(worker, {mayManage, refresh}) {
    return h(
        'tr',
        cell(
            'Worker',
            [
                h('strong.name', plain(worker.name)),
                h(
                    'span.sub',
                    plain([worker.version, worker.isolation === 'none' ? 'no walls' : worker.isolation].filter(Boolean).join(' · ')),
                ),
                worker.kinds?.length > 0 &&
                    h(
                        'span.chips',
                        worker.kinds.map(kind => h('span.badge', plain(kind))),
                    ),
            ],
            {class: 'main'},
        ),
        cell('State', stateOf(worker)),
        cell('Holds', holds(worker), {class: 'num'}),
        cell('Has', has(worker.capacity), {class: 'num'}),
        cell('Spans', spans(worker.spans), {class: 'num'}),
        cell('Keeps', keeps(worker.folders), {class: 'num'}),
        cell('Last seen', ageText(worker.seen_at), {class: 'num'}),
        cell('', mayManage && worker.state ? acts(worker, refresh) : null, {class: 'num'}),
    );
}

const unknown = () => h('span.none', {title: 'It does not tell'}, '–');

function stateOf(worker) {
    if (!worker.state) return unknown();
    // It hears of it within seconds; until then it is shown what it was told.
    const state = worker.draining && worker.state === 'working' ? 'draining' : worker.state;
    return [
        h('span.status', {class: `is-${STATES[state] ?? 'unknown'}`}, h('i', {'aria-hidden': 'true'}), plain(state)),
        worker.reason && h('span.why.is-brief', {title: plain(worker.reason)}, plain(worker.reason)),
    ];
}

function holds({holds: held, capacity}) {
    if (!held) return unknown();
    const others = [held.sessions && plural(held.sessions, 'session'), held.builds && plural(held.builds, 'build')].filter(Boolean);
    return [
        h('span', `${amount(held.runs)} of ${amount(capacity.runs)} runs`),
        others.length > 0 && h('span.sub', others.join(', ')),
    ];
}

function has(capacity) {
    if (!capacity) return unknown();
    return [
        h('span', `${amount(capacity.cpus)} CPU`),
        h('span.sub', [gigabytes(capacity.memory_mb), capacity.gpus > 0 && plural(capacity.gpus, 'GPU')].filter(Boolean).join(', ')),
    ];
}

const gigabytes = megabytes => `${amount(Math.round((megabytes / 1024) * 10) / 10)} GiB`;

function spans(told) {
    if (!told) return unknown();
    return [
        told.waiting_bytes > 0 ? h('span.is-warn', `${bytes(told.waiting_bytes)} wait`) : h('span.quiet', 'none wait'),
        told.lost > 0 && h('span.sub.is-error', `${amount(told.lost)} lost`),
    ];
}

function keeps(folders) {
    const sizes = Object.entries(folders ?? {}).filter(([, size]) => isNumber(size));
    if (!sizes.length) return unknown();
    const text = sizes.map(([name, size]) => `${name} ${bytes(size)}`).join(', ');
    return h('span', {title: plain(text)}, bytes(sizes.reduce((sum, [, size]) => sum + size, 0)));
}

function acts({name, draining}, refresh) {
    const tell = what => send('POST', `/v2/workers/${what}`, {name});
    if (!draining)
        return twoClicks({
            text: 'Drain',
            sure: 'Take no new work',
            label: `Drain the worker ${plain(name)}`,
            act: () => tell('drain'),
            after: refresh,
        });
    return h(
        'button.quiet',
        {
            type: 'button',
            'aria-label': `Let the worker ${plain(name)} work again`,
            onclick: () => attempt(async () => {
                await tell('resume');
                await refresh();
            }),
        },
        'Resume',
    );
}

/** Of the team's own runs; others are only counted. */
export function heldTable(workers) {
    const held = workers.flatMap(worker => (worker.runs ?? []).map(run => ({worker, run})));
    return (
        held.length > 0 &&
        h(
            'section.block',
            h('div.block-head', h('h2', "Your team's runs in hand")),
            table(
                'Runs in hand',
                ['Run', 'Job', 'Worker', 'State', {text: 'Attempt', class: 'num'}, {text: 'Begun', class: 'num'}, {text: 'Ends by', class: 'num'}],
                h(
                    'tbody',
                    held.map(({worker, run}) =>
                        h(
                            'tr',
                            {class: 'linked'},
                            cell('Run', h('a.row-link.mono', {href: `/trace/${run.run_id}`}, shortId(run.run_id)), {class: 'main'}),
                            cell('Job', h('a.mono', {href: `/jobs/${run.job_id}`}, shortId(run.job_id))),
                            cell('Worker', plain(worker.name)),
                            cell('State', statusPill(run.status)),
                            cell('Attempt', amount(run.attempt), {class: 'num'}),
                            cell('Begun', ageText(run.started_at), {class: 'num'}),
                            cell('Ends by', fullTime(run.deadline), {class: 'num'}),
                        ),
                    ),
                ),
            ),
        )
    );
}
