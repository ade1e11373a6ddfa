// SPDX-License-Identifier: Apache-2.0
// A job: how its runs went, task by task, and each run.

import {get, getAll, getIfThere} from '../api.js';
import {h, isStale, keyed, replace} from '../dom.js';
import {amount, shortId} from '../format.js';
import {live} from '../live.js';
import {crumbs, emptyState, hasEnded, snippet, table} from '../parts.js';
import {countsOf, matches} from '../job/counts.js';
import {groupRow, groupsOf, legend} from '../job/groups.js';
import {drawHead} from '../job/head.js';
import {drawNumbers} from '../job/numbers.js';
import {runRow} from '../job/runs.js';

const MOST_RUNS = 2000;

export async function jobPage({root, title, query, signal, id}) {
    const address = `/v2/jobs/${encodeURIComponent(id)}`;
    const head = h('header.page-head');
    const numbers = h('section.numbers', {'aria-label': 'Numbers of this job'});
    const groups = h('section.block');
    const groupRows = h('tbody');
    const runs = h('section.block');
    const runRows = h('tbody');
    const chips = h('div.chips', {role: 'group', 'aria-label': 'Show runs by status'});
    let filter = query.get('status');
    let latest = null;
    let jobName = null;

    const choose = chosen => {
        filter = chosen;
        const search = new URLSearchParams(location.search);
        if (chosen) search.set('status', chosen);
        else search.delete('status');
        history.replaceState(null, '', `${location.pathname}${search.size ? `?${search}` : ''}`);
        drawRuns();
    };

    const refresh = async () => {
        const [job, page] = await Promise.all([
            get(address, {signal}),
            getAll(`${address}/traces`, {most: MOST_RUNS, signal}),
        ]);
        // Grades of record cover all runs; they are only needed where the list of runs is cut off.
        const grades = page.items.length < page.total ? await getIfThere(`${address}/grades`, {signal}) : null;
        latest = {job, runs: page.items, total: page.total, grades};
        if (!root.contains(head)) {
            replace(root, crumbs(['Jobs', '/jobs'], [job.name || shortId(id)]), head, numbers, groups, runs);
            root.classList.remove('loading');
        }
        draw();
        const active = !hasEnded(job.status) || page.items.some(run => !hasEnded(run.status));
        return active ? 2000 : 15_000;
    };

    const draw = () => {
        const {job, runs: all, total, grades} = latest;
        if (jobName !== (jobName = job.name || `Job ${shortId(id)}`) || !head.childNodes.length) title(jobName);
        drawHead(head, job, all, id);
        drawNumbers(numbers, all, total, grades);
        const byTask = groupsOf(all);
        if (byTask.length && !groups.childNodes.length) {
            replace(
                groups,
                h('div.block-head', h('h2', 'Tasks'), legend()),
                table(
                    'Tasks',
                    [
                        'Task',
                        'Rewards',
                        {text: 'Mean', class: 'num'},
                        {text: 'Spread', class: 'num'},
                        {text: 'Graded', class: 'num'},
                    ],
                    groupRows,
                ),
            );
        }
        keyed(groupRows, byTask, {key: group => group.key, signature: JSON.stringify, render: groupRow});
        drawRuns();
    };

    const drawRuns = () => {
        const all = latest.runs;
        if (!all.length) {
            if (!isStale(runs, 'empty')) return;
            replace(
                runs,
                emptyState(
                    'No runs yet',
                    h('p', 'The job is known, but no run has joined it so far. Runs appear here as they are reported.'),
                    h('p', 'To start some:'),
                    snippet('./assay demo'),
                ),
            );
            return;
        }
        if (!runs.contains(runRows)) {
            replace(
                runs,
                h('div.block-head', h('h2', 'Runs'), chips),
                table(
                    'Runs',
                    [
                        'Status',
                        'Run',
                        'Task',
                        {text: 'Reward', class: 'num'},
                        {text: 'Attempt', class: 'num'},
                        'Model',
                        {text: 'Started', class: 'num'},
                        {text: 'Took', class: 'num'},
                        'Ended because',
                    ],
                    runRows,
                ),
            );
        }
        const counts = countsOf(all);
        if (filter && !counts.has(filter)) counts.set(filter, 0);
        keyed(chips, [['', all.length], ...counts], {
            key: ([name]) => name,
            signature: ([name, count]) => `${count} ${name === (filter ?? '')}`,
            render: ([name, count]) =>
                h(
                    'button.chip',
                    {
                        type: 'button',
                        'aria-pressed': String(name === (filter ?? '')),
                        onclick: () => choose(name || null),
                    },
                    name || 'all',
                    h('span.count', amount(count)),
                ),
        });
        const shown = all.filter(run => !filter || matches(run, filter));
        keyed(runRows, shown, {key: run => run.id, signature: JSON.stringify, render: runRow});
        runs.querySelector('.cut')?.remove();
        if (all.length < latest.total)
            runs.append(h('p.cut', `The newest ${amount(all.length)} of ${amount(latest.total)} runs.`));
    };

    await live(refresh, signal, await refresh());
}
