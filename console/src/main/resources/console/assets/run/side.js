// SPDX-License-Identifier: Apache-2.0
// The grade and the facts of a run.

import {h, keyed} from '../dom.js';
import {amount, duration, fullTime, isNumber, money, plain, reward, shortId} from '../format.js';
import {facts, fold, hasEnded, modelName, rewardBar} from '../parts.js';
import {checksView} from './checks.js';
import {valueView} from './content.js';
import {subscoresView} from './evaluation.js';
import {gradesView} from './grades.js';
import {historyList} from './history.js';
import {failureText, runDuration, startOf, stopReason} from './outcome.js';

export function drawSide(place, {run, job, model, task, timeline, past, checks, grades, others, linkTo}) {
    const evaluation = run.evaluation_result ?? null;
    const {usage} = timeline;
    const took =
        runDuration(run) ?? (timeline.start !== null && timeline.end !== null && !timeline.cut ? timeline.end - timeline.start : null);
    const grade = isNumber(evaluation?.score) ? evaluation.score : isNumber(run.reward) ? run.reward : null;
    const ended = hasEnded(run.status);
    const next = [
        h(
            'section.card.grade',
            h('h2', 'Grade'),
            grade !== null
                ? h('p.value', reward(grade), rewardBar(grade))
                : h('p.value', {class: ended ? 'is-ungraded' : 'is-open'}, ended ? 'ungraded' : 'not yet'),
            grade === null && ended && h('p.under', 'No grade is on record. This is not a reward of 0.'),
            evaluation?.isError && h('p.under.is-error', 'The grading itself reported an error.'),
            subscoresView(evaluation?.subscores, 'grade'),
        ),
        gradesView(grades, `/v2/trace/${encodeURIComponent(run.id)}`),
        checksView(checks, timeline.items, linkTo),
        h(
            'section.card.about',
            h('h2', 'Run'),
            facts([
                ['Task', task && h('span.mono', plain(task))],
                ['Environment', environmentText(run)],
                ['Job', run.job_id && h('a', {href: `/jobs/${run.job_id}`}, plain(job?.name || shortId(run.job_id)))],
                ['Model', model && modelName(model)],
                ['Agent', run.agent && h('span.mono', plain(run.agent))],
                ['Run by', run.hosted === true ? 'the platform' : run.hosted === false ? 'its client' : null],
                ['Failed', failureText(run.failure?.kind, run.failure?.phase)],
                ['Ended', stopReason(run.stop_reason)],
                ['Waits', run.waiting_because && plain(run.waiting_because.detail)],
                ['Not before', fullTime(run.not_before)],
                ['Ends by', fullTime(run.deadline)],
                ['Attempt', run.attempt > 0 ? String(run.attempt) : null],
                ['Waited', isNumber(run.queue_millis) ? duration(run.queue_millis) : null],
                ['Started', fullTime(startOf(run))],
                ['Took', took === null ? null : duration(took)],
                ['Turns', timeline.turns && !timeline.cut ? amount(timeline.turns) : null],
                [
                    'Tokens',
                    usage.known &&
                        !timeline.cut &&
                        `${amount(usage.prompt_tokens)} in, ${amount(usage.completion_tokens)} out` +
                            (usage.cached_tokens ? `, ${amount(usage.cached_tokens)} cached` : ''),
                ],
                ['Cost', usage.cost_usd && !timeline.cut ? money(usage.cost_usd) : null],
                [
                    'Part of',
                    run.parent_trace_id &&
                        h('a', {href: `/trace/${run.parent_trace_id}`}, `Run ${shortId(run.parent_trace_id)}`),
                ],
            ]),
            timingsView(run.timings),
            run.job_id && fold('others', 'Beside another run of its task', others),
            Object.keys(run.metadata ?? {}).length > 0 &&
                fold('metadata', 'Further data from the client', () => valueView(run.metadata)),
        ),
        past.steps.length > 0 && h('section.card.past', h('h2', 'History'), historyList(past)),
    ].filter(Boolean);
    keyed(place, next, {
        key: section => section.querySelector('h2').textContent,
        signature: section => section.textContent,
        render: section => section,
    });
}

function environmentText(run) {
    if (typeof run.environment !== 'string') return null;
    return [plain(run.environment), isNumber(run.environment_version) && ` version ${run.environment_version}`];
}

const PHASES = {provision: 'Sandbox', start: 'Task start', agent: 'Agent', grade: 'Evaluation', cleanup: 'Clean-up'};

function timingsView(timings) {
    const rows = Object.entries(timings ?? {}).filter(([, millis]) => isNumber(millis));
    if (!rows.length) return null;
    const most = Math.max(...rows.map(([, millis]) => millis), 1);
    return h(
        'div.timings',
        h('h3', 'Where the time went'),
        rows.map(([name, millis]) =>
            h(
                'div',
                h('span', PHASES[name] ?? plain(name)),
                h('span.bar', {'aria-hidden': 'true'}, h('i', {vars: {'--share': `${(100 * millis) / most}%`}})),
                h('span.value', duration(millis)),
            ),
        ),
    );
}
