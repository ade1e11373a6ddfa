// SPDX-License-Identifier: Apache-2.0
// All runs of the team, by what was said in them and by what came of them. What is looked for stands in the address.

import {ApiError, get, getIfThere, pageOf, send} from '../api.js';
import {csvButton, firstOf} from '../csv.js';
import {h, replace} from '../dom.js';
import {field, form, input, opened, select, twoClicks} from '../form.js';
import {amount, localDay, plain, shortId, startOfDay, time} from '../format.js';
import {notice} from '../notice.js';
import {paging} from '../paging.js';
import {ageText, cell, emptyState, modelName, rewardText, statusPill, table} from '../parts.js';
import {stopReason} from '../run/outcome.js';
import {may} from '../session.js';

const FILTERS = ['q', 'error', 'tool', 'reward_min', 'reward_max', 'model', 'task', 'job', 'status', 'from', 'to'];
const STATUSES = [
    ['', 'any'],
    ['running', 'running'],
    ['completed', 'completed'],
    ['error', 'error'],
    ['cancelled', 'cancelled'],
];
const TOOLS_SHOWN = 4;
/** A search is work for the platform: more rows than these are an export's. */
const MOST_SAVED = 2000;

export async function runsPage({root, title, query, signal, go, again}) {
    title('Runs');
    const filter = Object.fromEntries(FILTERS.map(name => [name, query.get(name)]).filter(([, value]) => value));
    const ask = cursor => get('/v2/runs/search', {query: {...filter, cursor}, signal});
    const [first, views] = await Promise.all([ask().catch(refused), getIfThere('/v2/views', {signal})]);
    const isFiltered = Object.keys(filter).length > 0;
    const wanted = said(filter.q);
    const rows = h('tbody');
    const more = h('p.cut');
    paging({rows, row: run => row(run, wanted), more, text: 'Show earlier ones', ask, again})(first);
    const saving = isFiltered && !first.refusal && may('member') ? opened('Save this search', close => saveForm(filter, close, again)) : null;
    replace(
        root,
        h(
            'header.page-head',
            h('div', h('h1', 'Runs'), h('p.count', 'By what was said in them and what came of them, the latest first')),
            h('span.head-end', first.items.length > 0 && csvButton('runs.csv', () => lines(filter)), saving?.button),
        ),
        saving?.place,
        savedViews(pageOf(views).items, filter, again),
        filters(filter, go, isFiltered),
        first.items.length
            ? [
                  table(
                      'Runs',
                      [
                          'Status',
                          'Run',
                          'Task',
                          {text: 'Reward', class: 'num'},
                          'Model',
                          'Tools',
                          {text: 'Began', class: 'num'},
                          'Ended because',
                      ],
                      rows,
                  ),
                  more,
              ]
            : nothing(first.refusal, isFiltered),
    );
}

async function lines(filter) {
    const ask = cursor => get('/v2/runs/search', {query: {...filter, limit: 200, cursor}});
    const {rows: runs, isCut} = await firstOf(ask, MOST_SAVED);
    if (isCut) notice(`The latest ${amount(runs.length)} runs are saved; others are found by an earlier time.`);
    const columns = ['run_id', 'job_id', 'status', 'task_slug', 'model', 'reward', 'begun_at', 'stop_reason', 'error'];
    return [[...columns, 'tools'], ...runs.map(run => [...columns.map(column => run[column]), run.tools.join(' ')])];
}

/** An address may have been written by hand: then the form is there to put it right. */
function refused(failure) {
    if (!(failure instanceof ApiError) || failure.status !== 400) throw failure;
    return {items: [], refusal: failure.message};
}

function nothing(refusal, isFiltered) {
    if (refusal) return emptyState('That cannot be looked for', h('p', plain(refusal)));
    return isFiltered
        ? emptyState(
              'No run fits',
              h('p', 'Words are looked for whole. What was said in a run is found some seconds after its end. ', h('a', {href: '/runs'}, 'Show all runs.')),
          )
        : emptyState('No runs yet', h('p', 'Run an evaluation and it stands here. ', h('a', {href: '/jobs'}, 'How to start one.')));
}

function savedViews(views, filter, again) {
    if (!views.length) return null;
    const here = sorted(filter);
    return h(
        'nav.views',
        {'aria-label': 'Saved views'},
        views.map(view =>
            h(
                'span.view',
                h(
                    'a',
                    {
                        href: `/runs?${view.query}`,
                        'aria-current': sorted(Object.fromEntries(new URLSearchParams(view.query))) === here && 'page',
                    },
                    plain(view.name),
                ),
                may('member') &&
                    twoClicks({
                        text: 'Delete',
                        sure: 'Yes, delete',
                        label: `Delete the view ${plain(view.name)}`,
                        act: () => send('DELETE', `/v2/views/${encodeURIComponent(view.name)}`),
                        after: again,
                    }),
            ),
        ),
    );
}

const sorted = filter => {
    const parameters = new URLSearchParams(filter);
    parameters.sort();
    return String(parameters);
};

function saveForm(filter, close, again) {
    return form(
        'Save this search',
        field('Name', input('name', '', {required: true, maxlength: 80}), {
            hint: 'All of the team see it under this name; what had the name before is replaced.',
        }),
        {
            action: 'Save',
            cancel: close,
            submit: async typed => {
                await send('PUT', `/v2/views/${encodeURIComponent(typed.get('name').trim())}`, {query: String(new URLSearchParams(filter))});
                await again();
            },
        },
    );
}

function filters(filter, go, isFiltered) {
    return h(
        'form.filters',
        {
            'aria-label': 'Which runs',
            onsubmit: event => {
                event.preventDefault();
                const typed = new FormData(event.currentTarget);
                const wanted = new URLSearchParams();
                for (const name of FILTERS) {
                    const text = typed.get(name).trim();
                    if (text) wanted.set(name, name === 'from' ? startOfDay(text) : name === 'to' ? startOfDay(text, 1) : text);
                }
                go(`/runs${wanted.size ? `?${wanted}` : ''}`);
            },
        },
        field('Said', input('q', filter.q, {type: 'search', placeholder: '"permission denied" -sudo', maxlength: 500}), {wide: true}),
        field('Went wrong', input('error', filter.error, {placeholder: 'words of an error', maxlength: 500}), {wide: true}),
        field('Tool', input('tool', filter.tool, {placeholder: 'bash', maxlength: 500})),
        field('Reward from', input('reward_min', filter.reward_min, {type: 'number', step: 'any'})),
        field('Reward to', input('reward_max', filter.reward_max, {type: 'number', step: 'any'})),
        field('Model', input('model', filter.model, {placeholder: 'any', maxlength: 500})),
        field('Task', input('task', filter.task, {placeholder: 'any', maxlength: 500})),
        field('Job', input('job', filter.job, {placeholder: 'its id', maxlength: 200})),
        field('Status', select('status', STATUSES, filter.status ?? '')),
        field('Began from', input('from', localDay(filter.from), {type: 'date'})),
        field('Began to', input('to', filter.to && time(filter.to) !== null ? localDay(time(filter.to) - 1) : '', {type: 'date'})),
        h(
            'div.form-end',
            h('button.button', {type: 'submit'}, 'Search'),
            isFiltered && h('a.quiet-link', {href: '/runs'}, 'Show all'),
        ),
    );
}

/** What the run's own page looks for, letter by letter: the first phrase, or word, of what is wanted here. */
function said(text) {
    const [, phrase, word] = /(?:^|\s)(?:"([^"]+)"|(?!or\s)([^\s"-]\S*))/i.exec(text ?? '') ?? [];
    return phrase ?? word;
}

function row(run, wanted) {
    const why = run.error ?? stopReason(run.stop_reason);
    const shown = run.tools.slice(0, TOOLS_SHOWN);
    const others = run.tools.slice(TOOLS_SHOWN);
    return h(
        'tr',
        {class: 'linked'},
        cell('Status', statusPill(run.status)),
        cell(
            'Run',
            h('a.row-link.mono', {href: `/trace/${run.run_id}${wanted ? `?find=${encodeURIComponent(wanted)}` : ''}`}, shortId(run.run_id)),
        ),
        cell(
            'Task',
            [h('span.mono', plain(run.task_slug || '–')), run.job_id && h('a.sub', {href: `/jobs/${run.job_id}`}, `job ${shortId(run.job_id)}`)],
            {class: 'main'},
        ),
        cell('Reward', rewardText(run.reward, run.status), {class: 'num'}),
        cell('Model', modelName(run.model)),
        cell(
            'Tools',
            shown.length
                ? h('span.mono.sub.tools-called', plain(shown.join(', ')), others.length > 0 && h('span', {title: plain(others.join(', '))}, ` +${others.length}`))
                : h('span.none', '–'),
        ),
        cell('Began', ageText(run.begun_at), {class: 'num'}),
        cell(
            'Ended because',
            why ? h('span.why', {class: run.error && 'is-error', title: plain(why)}, plain(why).slice(0, 300)) : h('span.none', '–'),
        ),
    );
}
