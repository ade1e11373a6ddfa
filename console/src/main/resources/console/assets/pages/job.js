// SPDX-License-Identifier: Apache-2.0
// A job: how its runs went, task by task, and each run.

import {get, getAll, getIfThere} from '../api.js';
import {h, keyed, replace} from '../dom.js';
import {amount, duration, isNumber, plain, plural, reward, shortId, statistics} from '../format.js';
import {live} from '../live.js';
import {
    ageText, cell, crumbs, emptyState, hasEnded, idText, modelName, rewardBar, rewardDot, rewardText, snippet, statusGroup,
    statusPill, table,
} from '../parts.js';
import {runDuration, startOf, stopReason} from '../run/outcome.js';

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
        const [job, page] = await Promise.all([get(address, {signal}), getAll(`${address}/traces`, {most: MOST_RUNS, signal})]);
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
            replace(groups, h('div.block-head', h('h2', 'Tasks'), legend()), table('Tasks', ['Task', 'Rewards', {text: 'Mean', class: 'num'},
                {text: 'Spread', class: 'num'}, {text: 'Graded', class: 'num'}], groupRows));
        }
        keyed(groupRows, byTask, {key: group => group.key, signature: JSON.stringify, render: groupRow});
        drawRuns();
    };

    const drawRuns = () => {
        const all = latest.runs;
        if (!all.length) {
            replace(runs, emptyState('No runs yet',
                h('p', 'The job is known, but no run has joined it so far. Runs appear here as they are reported.'),
                h('p', 'To start some:'), snippet('./assay demo')));
            return;
        }
        if (!runs.contains(runRows)) {
            replace(runs, h('div.block-head', h('h2', 'Runs'), chips), table('Runs', ['Status', 'Run', 'Task',
                {text: 'Reward', class: 'num'}, {text: 'Attempt', class: 'num'}, 'Model', {text: 'Started', class: 'num'},
                {text: 'Took', class: 'num'}, 'Ended because'], runRows));
        }
        const counts = countsOf(all);
        if (filter && !counts.has(filter)) counts.set(filter, 0);
        keyed(chips, [['', all.length], ...counts], {
            key: ([name]) => name,
            signature: ([name, count]) => `${count} ${name === (filter ?? '')}`,
            render: ([name, count]) => h('button.chip', {type: 'button', 'aria-pressed': String(name === (filter ?? '')),
                onclick: () => choose(name || null)}, name || 'all', h('span.count', amount(count))),
        });
        const shown = all.filter(run => !filter || matches(run, filter));
        keyed(runRows, shown, {key: run => run.id, signature: JSON.stringify, render: runRow});
        runs.querySelector('.cut')?.remove();
        if (all.length < latest.total) runs.append(h('p.cut', `The newest ${amount(all.length)} of ${amount(latest.total)} runs.`));
    };

    await live(refresh, signal, await refresh());
}

const matches = (run, filter) => (filter === 'ungraded' ? isUngraded(run) : statusGroup(run.status) === filter);
const isUngraded = run => hasEnded(run.status) && !isNumber(run.reward);

function countsOf(runs) {
    const counts = new Map();
    for (const name of ['queued', 'running', 'completed', 'error', 'cancelled', 'unknown', 'ungraded']) {
        const count = runs.filter(run => matches(run, name)).length;
        if (count) counts.set(name, count);
    }
    return counts;
}

function drawHead(place, job, runs, id) {
    const signature = JSON.stringify([job, environmentsOf(runs)]);
    if (place.dataset.drawn === signature) return;
    place.dataset.drawn = signature;
    const environments = environmentsOf(runs);
    const took = runDuration(job);
    replace(place,
        h('div', h('h1', plain(job.name || `Job ${shortId(id)}`)), h('div.under',
            statusPill(job.status),
            job.taskset_name && h('span', 'Taskset ', job.taskset_id
                ? h('a', {href: `/tasksets/${job.taskset_id}`}, plain(job.taskset_name)) : plain(job.taskset_name)),
            environments.length > 0 && h('span', environments.length === 1 ? 'Environment ' : 'Environments ', plain(environments.join(', '))),
            h('span', 'Created ', ageText(job.created_at)),
            isNumber(took) && h('span', `Took ${duration(took)}`))),
        idText(id));
}

const environmentsOf = runs => [...new Set(runs.map(run => run.environment).filter(name => typeof name === 'string' && name))].slice(0, 3);

function drawNumbers(place, runs, total, grades) {
    const whole = runs.length >= total;
    const counts = countsOf(runs);
    const own = statistics(runs.map(run => run.reward));
    const record = whole ? null : grades?.job;
    const mean = record?.mean ?? own.mean;
    const deviation = record?.standard_deviation ?? own.deviation;
    const graded = record?.graded ?? own.graded;
    const ended = runs.filter(run => hasEnded(run.status)).length;
    const ungraded = record?.ungraded ?? counts.get('ungraded') ?? 0;
    const signature = JSON.stringify([mean, deviation, graded, ended, ungraded, total, [...counts]]);
    if (place.dataset.drawn === signature) return;
    place.dataset.drawn = signature;
    replace(place,
        figure('Mean reward', isNumber(mean) ? reward(mean) : h('span.none', '–'),
            isNumber(mean) ? [isNumber(deviation) && `± ${reward(deviation)} `, `over ${plural(graded, 'graded run')}`]
                : ended ? 'no run has a grade' : 'no run has ended yet'),
        figure('Runs', amount(total), !total ? 'none yet' : whole && ended < total ? `${amount(ended)} ended` : 'all ended',
            whole && ended < total && h('span.progress', {role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': total,
                'aria-valuenow': ended, 'aria-label': 'Runs that ended'}, h('i', {vars: {'--share': `${(100 * ended) / total}%`}}))),
        figure('Graded', amount(graded), ungraded ? `${amount(ungraded)} ungraded, left out of the mean` : ended ? 'none ungraded' : ''),
        figure('Errors', counts.get('error') ? h('span.is-error', amount(counts.get('error'))) : '0',
            counts.get('cancelled') ? `${amount(counts.get('cancelled'))} cancelled` : 'runs that failed'));
}

const figure = (name, value, ...under) => h('div.figure', h('h3', name), h('p.value', value), h('p.under', under));

function groupsOf(runs) {
    const groups = new Map();
    for (const run of runs) {
        const key = run.group_id || `task ${run.task_slug ?? ''}`;
        if (!groups.has(key)) groups.set(key, {key, task: run.task_slug, runs: []});
        groups.get(key).runs.push({id: run.id, status: run.status, reward: run.reward});
    }
    for (const group of groups.values()) group.runs.sort((a, b) => (a.id < b.id ? -1 : 1));
    return [...groups.values()].sort((a, b) => String(a.task ?? '').localeCompare(String(b.task ?? '')) || (a.key < b.key ? -1 : 1));
}

const legend = () => h('p.legend', [['filled as far as the reward goes', 'is-graded', '250deg'], ['ungraded', 'is-ungraded', '0deg'], ['error', 'is-error', '0deg']]
    .map(([text, state, share]) => h('span', h('i.dot', {class: state, vars: {'--share': share}, 'aria-hidden': 'true'}), text)));

function groupRow({task, runs}) {
    const {graded, mean, deviation} = statistics(runs.map(run => run.reward));
    return h('tr',
        cell('Task', h('span.mono', plain(task || 'no task named')), {class: 'main'}),
        cell('Rewards', h('span.dots', runs.map(rewardDot))),
        cell('Mean', h('span.with-bar', rewardBar(mean), isNumber(mean) ? h('span.reward', reward(mean))
            : runs.every(run => hasEnded(run.status)) ? rewardText(null) : h('span.none', '–')), {class: 'num'}),
        cell('Spread', isNumber(deviation) ? `± ${reward(deviation)}` : h('span.none', '–'), {class: 'num'}),
        cell('Graded', `${amount(graded)} of ${amount(runs.length)}`, {class: 'num'}));
}

function runRow(run) {
    const why = run.error ?? stopReason(run.stop_reason);
    return h('tr', {class: 'linked'},
        cell('Status', statusPill(run.status)),
        cell('Run', h('a.row-link.mono', {href: `/trace/${run.id}`}, shortId(run.id))),
        cell('Task', h('span.mono', plain(run.task_slug || '–')), {class: 'main'}),
        cell('Reward', rewardText(run.reward, run.status), {class: 'num'}),
        cell('Attempt', isNumber(run.attempt) && run.attempt > 0 ? h('span', {class: run.attempt > 1 && 'is-warn'}, run.attempt) : h('span.none', '–'), {class: 'num'}),
        cell('Model', modelName(run.model)),
        cell('Started', ageText(startOf(run)), {class: 'num'}),
        cell('Took', duration(runDuration(run)), {class: 'num'}),
        cell('Ended because', why ? h('span.why', {class: run.error && 'is-error', title: plain(why)}, plain(why).slice(0, 300)) : h('span.none', '–')));
}

