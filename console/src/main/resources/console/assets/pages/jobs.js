// SPDX-License-Identifier: Apache-2.0

import {get, getIfThere, pageOf} from '../api.js';
import {allOf, csvButton} from '../csv.js';
import {h, keyed, replace} from '../dom.js';
import {select} from '../form.js';
import {amount, isNumber, plain, plural} from '../format.js';
import {live} from '../live.js';
import {
    ageText,
    cell,
    emptyState,
    hasEnded,
    pager,
    rewardBar,
    rewardText,
    snippet,
    statusPill,
    table,
} from '../parts.js';
import {may} from '../session.js';

const LIMIT = 50;

export async function jobsPage({root, title, query, signal, go}) {
    title('Jobs');
    const taskset = query.get('taskset');
    const offset = Math.max(0, Number.parseInt(query.get('offset') ?? '0', 10) || 0);
    const rows = h('tbody');
    const count = h('p.count');
    const list = h('div');
    const ofTaskset = h('span');
    let drawn = null;
    const address = wanted => {
        const search = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
        return `/jobs${search.size ? `?${search}` : ''}`;
    };
    getIfThere('/v2/tasksets', {query: {limit: 500}, signal}).then(
        answer => {
            const tasksets = pageOf(answer).items.map(one => [one.id, plain(one.name)]);
            if (taskset && !tasksets.some(([id]) => id === taskset)) tasksets.push([taskset, 'this taskset']);
            if (tasksets.length) replace(ofTaskset, tasksetChoice(tasksets, taskset, id => go(address({taskset: id}))));
        },
        () => {}, // the page can do without
    );

    const refresh = async () => {
        const page = pageOf(await get('/v2/jobs', {query: {limit: LIMIT, offset, taskset_id: taskset}, signal}));
        if (!drawn) {
            const csv = csvButton('jobs.csv', () => jobLines(taskset));
            replace(root, h('header.page-head', h('div', h('h1', 'Jobs'), count), h('span.head-end', ofTaskset, csv, mayStart())), list);
            root.classList.remove('loading');
        }
        const shape = page.items.length ? `rows ${page.total}` : 'empty';
        if (drawn !== shape) {
            drawn = shape;
            replace(
                list,
                page.items.length
                    ? [
                          table(
                              'Jobs',
                              [
                                  'Job',
                                  'Status',
                                  {text: 'Runs', class: 'num'},
                                  {text: 'Mean reward', class: 'num'},
                                  {text: 'Created', class: 'num'},
                              ],
                              rows,
                          ),
                          pager({offset, limit: LIMIT, total: page.total, address: to => address({taskset, offset: to})}),
                      ]
                    : noJobs(offset, taskset),
            );
            replace(count, page.total ? plural(page.total, 'job') : null);
        }
        keyed(rows, page.items, {key: job => job.id, signature: JSON.stringify, render: jobRow});
        return page.items.some(job => !hasEnded(job.status)) ? 2000 : 10_000;
    };
    await live(refresh, signal, await refresh());
}

const tasksetChoice = (tasksets, chosen, choose) =>
    h(
        'label.inline-field',
        h('span', 'of'),
        select('taskset', [['', 'all tasksets'], ...tasksets], chosen ?? '', {onchange: event => choose(event.currentTarget.value)}),
    );

const mayStart = () => may('member') && h('a.button.is-second', {href: '/tasksets'}, 'Start a job of a taskset');

function jobRow(job) {
    return h(
        'tr',
        {class: 'linked'},
        cell(
            'Job',
            [
                h('a.row-link', {href: `/jobs/${job.id}`}, plain(job.name || 'Unnamed job')),
                job.taskset_name && h('span.sub', plain(job.taskset_name)),
            ],
            {class: 'main'},
        ),
        cell('Status', statusPill(job.status)),
        cell('Runs', runsText(job), {class: 'num'}),
        cell('Mean reward', meanText(job), {class: 'num'}),
        cell('Created', ageText(job.created_at), {class: 'num'}),
    );
}

function runsText(job) {
    if (!isNumber(job.run_count)) return h('span.none', '–');
    const ended = job.run_count - job.queued_count - job.running_count;
    return h(
        'span.stack',
        h('span', ended < job.run_count ? `${amount(ended)} / ${amount(job.run_count)}` : amount(job.run_count)),
        job.error_count > 0 && h('span.sub.is-error', plural(job.error_count, 'error')),
    );
}

function meanText(job) {
    if (!isNumber(job.mean_reward)) return hasEnded(job.status) ? rewardText(null) : h('span.none', '–');
    return h(
        'span.stack',
        h('span.with-bar', rewardBar(job.mean_reward), rewardText(job.mean_reward)),
        job.ungraded_count > 0 && h('span.sub', `${amount(job.ungraded_count)} left out`),
    );
}

function noJobs(offset, taskset) {
    if (taskset && !offset) return emptyState('No job of this taskset', h('p', h('a', {href: '/jobs'}, 'Show all jobs.')));
    if (offset) return emptyState('No further jobs', h('p', h('a', {href: '/jobs'}, 'Back to the newest ones.')));
    return emptyState(
        'No jobs yet',
        h(
            'p',
            'A job is a set of runs that belong together: agents at work on tasks, each graded by its environment. ',
            'The quickest way to see one, with no account anywhere:',
        ),
        snippet('./assay demo'),
        h('p', 'Or bring an environment of your own. This is a whole one, in a file named ', h('code', 'env.py'), ':'),
        snippet(STARTER),
        h('p', 'Deploy it, publish its tasks, and evaluate them here:'),
        snippet(COMMANDS),
        h('p.quiet', 'This page notices new jobs by itself.'),
    );
}

async function jobLines(taskset) {
    const jobs = await allOf(cursor => get('/v2/jobs', {query: {limit: 1000, taskset_id: taskset, cursor}}));
    const columns = [
        'id', 'name', 'taskset_id', 'taskset_name', 'status', 'created_at', 'started_at', 'ended_at', 'run_count', 'completed_count',
        'error_count', 'cancelled_count', 'graded_count', 'ungraded_count', 'passed_count', 'mean_reward', 'standard_deviation',
    ];
    return [columns, ...jobs.map(job => columns.map(column => job[column]))];
}

const STARTER = `from hud import Environment

env = Environment(name="letters")


@env.template()
async def count(word: str, letter: str):
    answer = yield f"How often does '{letter}' occur in '{word}'? Reply with the number alone."
    yield 1.0 if (answer or "").strip() == str(word.count(letter)) else 0.0


tasks = [count(word="strawberry", letter="r")]`;

const COMMANDS = `eval "$(./assay env)"
hud deploy --yes --no-env
hud sync tasks letters --yes
hud eval letters openai_compatible --model <model> --runtime hosted --all --group 3 --yes`;
