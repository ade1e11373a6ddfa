// SPDX-License-Identifier: Apache-2.0
// A job's tasks as rows, and the runs of each as cells.

import {inAddress} from '../address.js';
import {get} from '../api.js';
import {allOf, csvButton} from '../csv.js';
import {h, isStale, keyed, replace} from '../dom.js';
import {select} from '../form.js';
import {amount, amountInShort, isNumber, plain, reward, shortId} from '../format.js';
import {bestAndWorst, pairAddress} from '../pair/others.js';
import {cell, rewardText, statusGroup, table} from '../parts.js';

const ORDERS = [
    ['worst', 'the worst first'],
    ['best', 'the best first'],
    ['task', 'by task'],
];
/** A run is told from a low reward by its sign and its border, not by its colour alone. */
const SIGNS = {error: '×', ungraded: '?', cancelled: '–', running: '…', queued: '·'};
const WORDS = {error: 'error, ungraded'};
const LEVELS = 5;

/** What is told of a run that is not over, has failed or was cancelled is no grade, whatever reward it names. */
const stateOf = run =>
    run.status !== 'completed' ? statusGroup(run.status) : isNumber(run.reward) ? 'graded' : 'ungraded';

/** 0: nothing or less; the highest: all. */
const levelOf = value => (value >= 1 ? LEVELS : value <= 0 ? 0 : Math.min(LEVELS - 1, 1 + Math.floor(value * (LEVELS - 1))));

const inShort = value =>
    Number.isInteger(value) && Math.abs(value) < 1000 ? String(value) : Math.abs(value) < 100 ? value.toFixed(2) : amountInShort(value);

/** Tasks without a mean come last; those alike stay by name. */
function ordered(groups, order) {
    if (order === 'task') return [...groups];
    const sign = order === 'best' ? -1 : 1;
    return [
        ...groups.filter(one => isNumber(one.mean_reward)).sort((one, other) => sign * (one.mean_reward - other.mean_reward)),
        ...groups.filter(one => !isNumber(one.mean_reward)),
    ];
}

const keyOf = group => JSON.stringify([group.task_slug, group.group_id]);

/** Draws it anew with what is told of the job's groups. */
export function grid(place, id, query) {
    const rows = h('tbody');
    const rest = oneStop(rows);
    let order = ORDERS.some(([name]) => name === query.get('order')) ? query.get('order') : ORDERS[0][0];
    let groups = [];
    let places = new Map();

    const draw = () => {
        const width = Math.max(0, ...groups.map(group => group.runs.length));
        if (isStale(rows, `${width} ${order} ${groups.length > 1}`)) replace(place, head(), tableOf(width));
        // nothing moves away from below a pointer, or from who is in it
        const isInUse = rows.matches(':hover') || rows.contains(document.activeElement);
        const sorted = ordered(groups, order);
        if (isInUse) sorted.sort((one, other) => (places.get(keyOf(one)) ?? sorted.length) - (places.get(keyOf(other)) ?? sorted.length));
        places = new Map(sorted.map((group, index) => [keyOf(group), index]));
        keyed(rows, sorted, {key: keyOf, signature: group => `${width} ${JSON.stringify(group)}`, render: group => row(group, width)});
        rest();
    };

    const head = () =>
        h(
            'div.block-head',
            h('h2', 'Tasks and runs'),
            groups.length > 1 && choice(),
            legend(),
            csvButton(`${id}.grid.csv`, () => lines(id)),
        );

    const choice = () =>
        h(
            'label.inline-field',
            h('span', 'in order:'),
            select('order', ORDERS, order, {
                onchange: event => {
                    order = event.currentTarget.value;
                    inAddress({order: order === ORDERS[0][0] ? null : order});
                    places.clear();
                    draw();
                    place.querySelector('select').focus();
                },
            }),
        );

    const tableOf = width =>
        table(
            'Tasks',
            [
                {text: 'Task', sorted: order === 'task' && 'ascending'},
                {text: 'Mean', class: 'num', sorted: order === 'worst' ? 'ascending' : order === 'best' && 'descending'},
                {text: 'Spread', class: 'num'},
                {text: 'Passed', class: 'num'},
                ...Array.from({length: width}, (_, index) => ({text: index + 1, name: `Run ${index + 1}`, class: 'try'})),
                {text: h('span.only-heard', 'Further runs'), class: 'rest'},
            ],
            rows,
        );

    return told => {
        groups = told;
        if (groups.length) draw();
    };
}

function row(group, width) {
    const {runs, graded_count: graded, mean_reward: mean, standard_deviation: deviation} = group;
    const open = group.queued_count + group.running_count;
    const further = group.run_count - runs.length;
    const pair = bestAndWorst(runs);
    const name = plain(group.task_slug || 'no task named');
    return h(
        'tr',
        h(
            'th.main',
            {scope: 'row'},
            h('span.mono', {title: name}, name),
            group.task_version_id &&
                h('span.version', {title: `Version ${group.task_version_id} of the task`}, shortId(group.task_version_id)),
            pair &&
                h(
                    'a.version',
                    {
                        href: pairAddress(pair[0].id, pair[1].id),
                        title: 'The best of these runs beside the worst',
                        'aria-label': `side by side: two runs of ${name}`,
                        tabindex: -1,
                    },
                    'side by side',
                ),
        ),
        cell('Mean', isNumber(mean) || !open ? rewardText(mean) : h('span.none', '–'), {class: 'num'}),
        cell('Spread', isNumber(deviation) ? `± ${reward(deviation)}` : h('span.none', '–'), {class: 'num'}),
        cell('Passed', graded ? `${amount(group.passed_count)} of ${amount(graded)}` : h('span.none', '–'), {class: 'num'}),
        runs.map((run, index) => h('td.try', runCell(run, index + 1))),
        h('td.rest', {colspan: 1 + width - runs.length}, further > 0 && h('span.further', `and ${amount(further)} more`)),
    );
}

function runCell(run, number) {
    const state = stateOf(run);
    const text = `Run ${number}: ${state === 'graded' ? `reward ${reward(run.reward)}` : (WORDS[state] ?? state)}`;
    return h(
        'a.mark',
        {
            href: `/trace/${run.id}`,
            class: state === 'graded' ? `is-${levelOf(run.reward)}` : `is-${state}`,
            title: text,
            'aria-label': text,
            tabindex: -1,
        },
        state === 'graded' ? inShort(run.reward) : (SIGNS[state] ?? '?'),
    );
}

const legend = () =>
    h(
        'p.legend',
        h(
            'span',
            '0',
            h('span.scale', {'aria-hidden': 'true'}, Array.from({length: LEVELS + 1}, (_, level) => h('i.mark', {class: `is-${level}`}))),
            '1',
        ),
        [
            ['error', 'error'],
            ['ungraded', 'no grade'],
            ['cancelled', 'cancelled'],
            ['running', 'running'],
            ['queued', 'queued'],
        ].map(([state, text]) => h('span', h('i.mark', {class: `is-${state}`, 'aria-hidden': 'true'}, SIGNS[state]), text)),
    );

const MOVES = {
    ArrowLeft: at => beside(at, 'previousElementSibling'),
    ArrowRight: at => beside(at, 'nextElementSibling'),
    ArrowUp: at => along(at, 'previousElementSibling'),
    ArrowDown: at => along(at, 'nextElementSibling'),
    Home: at => at.parentElement.querySelector('a'),
    End: at => [...at.parentElement.querySelectorAll('a')].at(-1),
};

function beside(at, way) {
    let next = at[way];
    while (next && !next.querySelector('a')) next = next[way];
    return next?.querySelector('a');
}

/** In the row above or below that has links, the one that stands nearest. */
function along(at, way) {
    let next = at.parentElement[way];
    while (next && !next.querySelector('a')) next = next[way];
    const distance = link => Math.abs(link.closest('td, th').cellIndex - at.cellIndex);
    return next && [...next.querySelectorAll('a')].reduce((one, other) => (distance(other) < distance(one) ? other : one));
}

/**
 * Thousands of links are one stop of the tab key: from there, arrows lead to the others.
 *
 * @returns what sees to it that there is that stop, whenever rows were drawn
 */
function oneStop(rows) {
    let stop = null;
    const stopAt = link => {
        if (stop) stop.tabIndex = -1;
        stop = link;
        if (stop) stop.tabIndex = 0;
    };
    rows.addEventListener('focusin', event => stopAt(event.target.closest('a')));
    rows.addEventListener('keydown', event => {
        const at = event.target.closest('td, th');
        if (!MOVES[event.key] || !at || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        MOVES[event.key](at)?.focus();
    });
    return () => {
        if (!stop?.isConnected) stopAt(rows.querySelector('a.mark'));
    };
}

async function lines(id) {
    const groups = await allOf(cursor => get(`/v2/jobs/${encodeURIComponent(id)}/groups`, {query: {limit: 500, cursor}}));
    const width = Math.max(0, ...groups.map(group => group.runs.length));
    const columns = [
        'task_slug', 'group_id', 'task_version_id', 'mean_reward', 'standard_deviation', 'passed_count', 'graded_count', 'run_count',
    ];
    return [
        [...columns, ...Array.from({length: width}, (_, index) => `run ${index + 1}`)],
        ...groups.map(group => [
            ...columns.map(column => group[column]),
            ...group.runs.map(run => (stateOf(run) === 'graded' ? run.reward : stateOf(run))),
        ]),
    ];
}
