// SPDX-License-Identifier: Apache-2.0
// A job: how its runs went, task by task, and each run. What is chosen on it stands in its address.

import {inAddress} from '../address.js';
import {get, getIfThere, pageOf} from '../api.js';
import {csvButton, firstOf} from '../csv.js';
import {h, isStale, keyed, replace} from '../dom.js';
import {amount, shortId} from '../format.js';
import {live} from '../live.js';
import {crumbs, emptyState, hasEnded, snippet, table} from '../parts.js';
import {newsOf} from '../news.js';
import {drawActions} from '../job/actions.js';
import {comparedIn, comparison} from '../job/compare.js';
import {grid} from '../job/grid.js';
import {drawHead} from '../job/head.js';
import {drawNumbers} from '../job/numbers.js';
import {recordingLine} from '../job/recording.js';
import {regrades} from '../job/regrade.js';
import {runLines, runRow} from '../job/runs.js';
import {drawStatistics} from '../job/statistics.js';

/** How many rows a table begins with; whoever wants more asks for as many again. */
const FIRST = {runs: 200, groups: 500};
const MOST = {runs: 2000, groups: 2000};
/** They are added up anew each time: not with every run that ends. */
const STATISTICS_MS = 10_000;
/** A grid of more rows than these is long: it comes no more often than statistics. */
const FEW_GROUPS = 100;
const STANDINGS = ['queued', 'running', 'completed', 'error', 'cancelled', 'ungraded'];

export async function jobPage({root, title, query, signal, id}) {
    const address = `/v2/jobs/${encodeURIComponent(id)}`;
    const news = newsOf(`${address}/live`, signal);
    const head = h('header.page-head');
    const actions = h('div.job-actions');
    const numbers = h('section.numbers', {'aria-label': 'Numbers of this job'});
    const statistics = h('section.block.statistics');
    const compared = h('section.block.comparison');
    const regraded = h('section.regraded', {'aria-label': 'Graded again'});
    const drawRegrades = regrades(regraded, id, signal);
    const cells = h('div');
    const groups = h('section.block.grid', cells);
    const drawGrid = grid(cells, id, query);
    const runs = h('section.block');
    const runRows = h('tbody');
    const chips = h('div.chips', {role: 'group', 'aria-label': 'Show runs by status'});
    const shown = {...FIRST};
    let filter = STANDINGS.includes(query.get('status')) ? query.get('status') : null;
    let others = comparedIn(query);
    let latest = null;
    let jobName = null;
    let added = {at: 0, of: null, told: null};
    let grouped = {at: 0, of: null, wanted: shown.groups, items: [], isCut: false};

    const choose = async chosen => {
        filter = chosen;
        shown.runs = FIRST.runs;
        inAddress({status: chosen});
        await refreshNow();
    };

    const compareWith = async chosen => {
        others = chosen;
        inAddress({with: chosen});
        await drawComparison(latest.job, others).catch(() => {});
    };
    const drawComparison = comparison(compared, id, signal, compareWith);

    /** What is added up of a job is asked for again when something has ended and some time has passed, or all is over. */
    const addUp = async job => {
        const now = Date.now();
        const of = JSON.stringify([job.status, job.completed_count, job.error_count, job.cancelled_count, job.graded_count]);
        const due = hasEnded(job.status) || now - added.at > STATISTICS_MS;
        if ((added.of === of && added.told?.complete === hasEnded(job.status)) || !due) return;
        added = {at: now, of, told: (await getIfThere(`${address}/statistics`, {signal}).catch(() => null)) ?? added.told};
        if (others.length) await drawComparison(job, others).catch(() => {});
    };

    /** Asked for again when something in the job has changed, as its counts tell. */
    const readGroups = async job => {
        const of = JSON.stringify([shown.groups, {...job, estimated_end: null, waiting_because: null}]);
        const isSoon = grouped.items.length > FEW_GROUPS && grouped.wanted === shown.groups && Date.now() - grouped.at < STATISTICS_MS;
        if (grouped.of === of || (isSoon && !hasEnded(job.status))) return;
        const {rows: items, isCut} = await firstOf(
            cursor => get(`${address}/groups`, {query: {limit: FIRST.groups, cursor}, signal}),
            shown.groups,
        );
        grouped = {at: Date.now(), of, wanted: shown.groups, items, isCut};
    };

    const showMore = async what => {
        shown[what] = Math.min(MOST[what], 2 * shown[what]);
        await refreshNow();
    };

    /** What was asked for last is drawn, whichever answer comes last. */
    let asked = 0;
    const refresh = async () => {
        const question = ++asked;
        const [job, page] = await Promise.all([
            get(address, {signal}),
            get(`${address}/traces`, {query: {limit: shown.runs, status: filter}, signal}),
        ]);
        await Promise.all([addUp(job), readGroups(job)]);
        if (question === asked) {
            const {items, total} = pageOf(page);
            latest = {job, runs: items, total};
            if (!root.contains(head)) {
                const recording = recordingLine(id, hasEnded(job.status), signal);
                replace(root, crumbs(['Jobs', '/jobs'], [job.name || shortId(id)]), head, actions, recording, regraded, numbers, groups, statistics, compared, runs);
                root.classList.remove('loading');
                if (job.graded_count) drawComparison(job, others).catch(() => {});
            }
            draw();
        }
        drawRegrades(job).catch(() => {});
        if (hasEnded(job.status)) news.close();
        else news.open();
        return hasEnded(job.status) ? 15_000 : 2000;
    };

    /** Between two refreshes, for somebody who waits: if it fails, the next one tells. */
    const refreshNow = () => refresh().catch(() => {});

    const draw = () => {
        const {job, runs: all} = latest;
        if (jobName !== (jobName = job.name || `Job ${shortId(id)}`) || !head.childNodes.length) title(jobName);
        drawHead(head, job, all, id);
        drawActions(actions, job, id, refreshNow);
        drawNumbers(numbers, job, added.told);
        drawStatistics(statistics, added.told, id);
        drawGrid(grouped.items);
        const further = grouped.isCut && `The first ${amount(grouped.items.length)} tasks by name.`;
        drawCut(groups, further, shown.groups < MOST.groups && (() => showMore('groups')));
        drawRuns();
    };

    const drawCut = (place, text, more) => {
        if (!isStale(place, `${text} ${Boolean(more)}`)) return;
        place.querySelector(':scope > .cut')?.remove();
        if (text)
            place.append(
                h('p.cut', text, ' ', more && h('button.more', {type: 'button', onclick: more}, 'Show more')),
            );
    };

    const drawRuns = () => {
        const {job, runs: all, total} = latest;
        if (!job.run_count) {
            if (runs.childNodes.length) return;
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
                h('div.block-head', h('h2', 'Runs'), chips, csvButton(`${id}.runs.csv`, () => runLines(id, filter))),
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
        const counts = STANDINGS.map(name => [name, job[`${name}_count`]]).filter(([name, count]) => count || name === filter);
        keyed(chips, [['', job.run_count], ...counts], {
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
                    name === 'ungraded' ? 'left out' : name || 'all',
                    h('span.count', amount(count)),
                ),
        });
        keyed(runRows, all, {key: run => run.id, signature: JSON.stringify, render: runRow});
        const cut = all.length < total && `The newest ${amount(all.length)} of ${amount(total)} runs.`;
        drawCut(runs, cut, shown.runs < MOST.runs && (() => showMore('runs')));
    };

    await live(refresh, signal, await refresh(), news);
}
