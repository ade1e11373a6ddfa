// SPDX-License-Identifier: Apache-2.0

import {get, getIfThere, pageOf} from '../api.js';
import {csvButton} from '../csv.js';
import {h, replace} from '../dom.js';
import {opened} from '../form.js';
import {plain, plural} from '../format.js';
import {startForm} from '../job/start.js';
import {ageText, cell, crumbs, emptyState, fold, idText, snippet, statusPill, table} from '../parts.js';
import {valueView} from '../run/content.js';
import {may} from '../session.js';
import {leaderboard} from '../taskset/leaderboard.js';

export async function tasksetPage({root, title, query, signal, id, go}) {
    const address = `/v2/tasksets/${encodeURIComponent(id)}`;
    const [taskset, exported, jobs] = await Promise.all([
        get(address, {signal}),
        get(`${address}/export`, {signal}),
        getIfThere('/v2/jobs', {query: {taskset_id: id, limit: 10}, signal}),
    ]);
    const name = plain(taskset.name ?? exported.name);
    const tasks = exported.tasks ?? [];
    const board = await leaderboard({address, id, tasks, query, signal});
    const ran = jobs
        ? pageOf(jobs).items.filter(job => job.taskset_id === taskset.id || job.taskset_name === taskset.name)
        : [];
    title(name);
    const start = opened('Start a job', leave => startForm(id, {leave, started: job => go(`/jobs/${job}`), signal}));
    replace(
        root,
        crumbs(['Tasksets', '/tasksets'], [name]),
        h(
            'header.page-head',
            h(
                'div',
                h('h1', name),
                h(
                    'div.under',
                    h('span', plural(tasks.length, 'task')),
                    taskset.updated_at && h('span', 'Changed ', ageText(taskset.updated_at)),
                ),
            ),
            idText(id),
        ),
        h(
            'section.block',
            h('div.block-head', h('h2', 'Tasks'), tasks.length > 0 && csvButton(`${id}.tasks.csv`, () => lines(tasks))),
            tasks.length
                ? table('Tasks', ['Task', 'Environment', 'Template', 'Arguments'], h('tbody', tasks.map(row)))
                : emptyState(
                      'This taskset is empty',
                      h('p', 'Publish tasks into it from their folder:'),
                      snippet(`hud sync tasks ${quoted(taskset.name ?? '')} --yes`),
                  ),
        ),
        tasks.length > 0 &&
            may('member') &&
            h(
                'section.block',
                h('div.block-head', h('h2', 'Evaluate it'), start.button),
                start.place,
                h('p.quiet', 'Or with the client:'),
                snippet(
                    `eval "$(./assay env)"\nhud eval ${quoted(taskset.name ?? '')} openai_compatible --model <model> --runtime hosted --all --group 3 --yes`,
                ),
            ),
        board,
        ran.length > 0 &&
            h(
                'section.block',
                h('div.block-head', h('h2', 'Newest jobs'), h('a.quiet-link.end', {href: `/jobs?taskset=${id}`}, 'All of them')),
                table(
                    'Jobs',
                    ['Job', 'Status', {text: 'Created', class: 'num'}],
                    h(
                        'tbody',
                        ran.map(job =>
                            h(
                                'tr',
                                {class: 'linked'},
                                cell('Job', h('a.row-link', {href: `/jobs/${job.id}`}, plain(job.name || job.id)), {
                                    class: 'main',
                                }),
                                cell('Status', statusPill(job.status)),
                                cell('Created', ageText(job.created_at), {class: 'num'}),
                            ),
                        ),
                    ),
                ),
            ),
    );
}

const lines = tasks => {
    const columns = [...new Set(tasks.flatMap(task => Object.keys(task.columns ?? {})))];
    return [
        ['name', 'version_id', 'environment', 'template', 'args', ...columns],
        ...tasks.map(task => [
            task.name,
            task.version_id,
            task.env?.name ?? task.env,
            task.scenario ?? task.id,
            JSON.stringify(task.args ?? {}),
            ...columns.map(column => {
                const value = task.columns?.[column];
                return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
            }),
        ]),
    ];
};

const quoted = name => (/^[\w./-]+$/.test(name) ? name : `'${plain(name).replaceAll("'", "'\\''")}'`);

function row(task, index) {
    const further = Object.fromEntries(
        ['columns', 'agent_config', 'runtime_config', 'verifier', 'validation']
            .filter(name => task[name] !== null && task[name] !== undefined)
            .map(name => [name, task[name]]),
    );
    return h(
        'tr',
        cell('Task', h('span.mono', plain(task.name)), {class: 'main'}),
        cell('Environment', plain(task.env?.name ?? task.env)),
        cell('Template', h('span.mono', plain(task.scenario ?? task.id))),
        cell('Arguments', [
            Object.keys(task.args ?? {}).length ? valueView(task.args) : h('span.none', 'none'),
            Object.keys(further).length > 0 && fold(`task ${index}`, 'more', () => valueView(further)),
        ]),
    );
}
