// SPDX-License-Identifier: Apache-2.0
// One run: its timeline, its grade, its facts.

import {get, getIfThere} from '../api.js';
import {h, keyed, replace} from '../dom.js';
import {amount, between, duration, fullTime, isNumber, plain, plural, reward, shortId, time} from '../format.js';
import {live} from '../live.js';
import {
    ageText, crumbs, facts, fold, hasEnded, idText, isScripted, modelName, rewardBar, scriptedBadge, statusPill,
} from '../parts.js';
import {blockView, prose, valueView} from '../run/content.js';
import {evaluationView, subscoresView} from '../run/evaluation.js';
import {filesView} from '../run/files.js';
import {runDuration, startOf, stopReason} from '../run/outcome.js';
import {timelineReader} from '../run/reader.js';
import {lastFault, timelineOf} from '../run/timeline.js';
import {turnView} from '../run/turn.js';

/** Spans may follow the end of a run for a little while. */
const AFTERMATH_MS = 20_000;

export async function tracePage({root, title, signal, id}) {
    const address = `/v2/trace/${encodeURIComponent(id)}`;
    const read = timelineReader(`${address}/timeline`, signal);
    const head = h('header.page-head');
    const banner = h('div');
    const side = h('aside.side', {'aria-label': 'Grade and facts'});
    const list = h('ol.timeline');
    const tail = h('div');
    const parts = {head, banner, side, list, tail};
    let job = null;
    let drawnFor = null;
    let endSeen = null;

    const refresh = async () => {
        const [run, spans] = await Promise.all([get(address, {signal}), read()]);
        if (!job && run.job_id) job = await getIfThere(`/v2/jobs/${run.job_id}`, {signal});
        if (!root.contains(head)) {
            title(`Run ${shortId(id)}`);
            replace(root, crumbs(['Jobs', '/jobs'], ...(run.job_id ? [[job?.name || shortId(run.job_id), `/jobs/${run.job_id}`]] : []),
                [`Run ${shortId(id)}`]), head, banner, h('div.run', side, h('div.track', list, tail)));
            root.classList.remove('loading');
        }
        const state = JSON.stringify(run) + spans.length;
        const follow = !hasEnded(run.status) && drawnFor && isAtEnd();
        if (state !== drawnFor) draw(parts, {run, job, id, timeline: timelineOf(spans)});
        drawnFor = state;
        if (follow) scrollTo(0, document.documentElement.scrollHeight);
        if (!hasEnded(run.status)) return 1000;
        endSeen ??= Date.now();
        const ended = time(run.ended_at);
        const fresh = Date.now() - endSeen < AFTERMATH_MS && (ended === null || Date.now() - ended < AFTERMATH_MS + 60_000);
        return fresh ? 2000 : null;
    };
    await live(refresh, signal, await refresh());
}

/** Who reads the end of a live timeline wants to go on doing so. */
const isAtEnd = () => scrollY > 0 && innerHeight + scrollY > document.documentElement.scrollHeight - 60;

function draw({head, banner, side, list, tail}, {run, job, id, timeline}) {
    const attempt = timeline.attempts.at(-1) ?? null;
    const running = !hasEnded(run.status);
    const model = run.model ?? attempt?.items.find(item => item.step?.model)?.step.model;
    const error = run.error ?? (run.status === 'error' ? lastFault(attempt) : null);
    const task = run.task_slug ?? run.task ?? attempt?.items.find(item => item.kind === 'setup')?.step.task_call?.name;
    replace(head,
        h('div', h('h1', task ? plain(task) : `Run ${shortId(id)}`), h('div.under', statusPill(run.status),
            isScripted(model) && scriptedBadge(),
            isNumber(run.attempt) && run.attempt > 1 && h('span.badge.is-warn', `attempt ${run.attempt}`),
            model && model !== 'unknown' && h('span.mono', plain(model)),
            h('span', ageText(startOf(run))))),
        idText(id));
    replace(banner, error && h('div.callout.is-error.banner', {role: 'alert'}, h('strong', 'The run failed. '), plain(error)));
    drawSide(side, {run, job, attempt, model, task, timeline});
    drawTimeline(list, {attempt, running});
    drawTail(tail, {timeline, running});
}

function drawSide(place, {run, job, attempt, model, task, timeline}) {
    const evaluation = run.evaluation_result ?? null;
    const usage = attempt?.usage;
    const took = runDuration(run) ?? (isNumber(attempt?.start) && timeline.end !== null ? timeline.end - attempt.start : null);
    const grade = isNumber(evaluation?.score) ? evaluation.score : isNumber(run.reward) ? run.reward : null;
    const next = [
        h('section.card.grade', h('h2', 'Grade'),
            grade !== null
                ? h('p.value', reward(grade), rewardBar(grade))
                : h('p.value', {class: hasEnded(run.status) ? 'is-ungraded' : 'is-open'}, hasEnded(run.status) ? 'ungraded' : 'not yet'),
            grade === null && hasEnded(run.status) && h('p.under', 'No grade is on record. This is not a reward of 0.'),
            evaluation?.isError && h('p.under.is-error', 'The grading itself reported an error.'),
            subscoresView(evaluation?.subscores, 'grade')),
        h('section.card.about', h('h2', 'Run'), facts([
            ['Task', task && h('span.mono', plain(task))],
            ['Environment', environmentText(run)],
            ['Job', run.job_id && h('a', {href: `/jobs/${run.job_id}`}, plain(job?.name || shortId(run.job_id)))],
            ['Model', model && modelName(model)],
            ['Agent', run.agent && h('span.mono', plain(run.agent))],
            ['Run by', run.hosted === true ? 'the platform' : run.hosted === false ? 'its client' : null],
            ['Ended because', stopReason(run.stop_reason)],
            ['Attempt', isNumber(run.attempt) && run.attempt > 0 ? String(run.attempt) : null],
            ['Waited', isNumber(run.queue_millis) ? duration(run.queue_millis) : null],
            ['Started', fullTime(startOf(run))],
            ['Took', took === null ? null : duration(took)],
            ['Turns', attempt?.turns ? amount(attempt.turns) : null],
            ['Tokens', usage?.known && `${amount(usage.prompt_tokens)} in, ${amount(usage.completion_tokens)} out`
                + (usage.cached_tokens ? `, ${amount(usage.cached_tokens)} cached` : '')],
            ['Cost', usage?.cost_usd ? `$${usage.cost_usd.toFixed(4)}` : null],
            ['Part of', run.parent_trace_id && h('a', {href: `/trace/${run.parent_trace_id}`}, `Run ${shortId(run.parent_trace_id)}`)],
        ]), timingsView(run.timings),
        Object.keys(run.metadata ?? {}).length > 0 && fold('metadata', 'Further data from the client', () => valueView(run.metadata))),
    ];
    keyed(place, next, {key: section => section.querySelector('h2').textContent, signature: section => section.textContent, render: section => section});
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
    return h('div.timings', h('h3', 'Where the time went'), rows.map(([name, millis]) => h('div',
        h('span', PHASES[name] ?? plain(name)), h('span.bar', {'aria-hidden': 'true'}, h('i', {vars: {'--share': `${(100 * millis) / most}%`}})),
        h('span.value', duration(millis)))));
}

function drawTimeline(list, {attempt, running}) {
    const items = attempt?.items ?? [];
    keyed(list, items.length ? items : [{kind: 'nothing', entry: {id: 'nothing'}}], {
        key: item => item.entry.id,
        signature: item => `${item.kind} ${item.calls?.map(call => Boolean(call.entry)).join()} ${item.entries?.length} ${running && item === items.at(-1)}`
            + (item.kind === 'nothing' ? running : ''),
        render: item => (item.kind === 'nothing' ? nothingYet(running) : itemView(item, {start: attempt.start, waiting: running && item === items.at(-1)})),
    });
}

const nothingYet = running => h('li.entry.nothing', running
    ? 'Nothing has happened yet. Steps appear here as they are made.'
    : 'This run ended without a single step on record.');

function itemView(item, {start, waiting}) {
    const {entry, step} = item;
    const offset = entry.start !== null && start !== null ? h('span.offset', {title: fullTime(entry.start)}, `+${duration(entry.start - start)}`) : null;
    const [name, note, content] = viewOf(item, waiting);
    return h('li.entry', {class: `is-${item.kind}${step?.error ? ' has-error' : ''}`},
        h('div.entry-head', h('h3', name), note && h('span.note', note), offset),
        h('div.entry-body', content));
}

function viewOf(item, waiting) {
    const {entry, step} = item;
    switch (item.kind) {
        case 'setup': return ['Task', h('span.mono', plain(step.task_call?.name)), setupView(step, entry.id)];
        case 'user': return ['Prompt', null, messagesView(step.messages)];
        case 'turn': return [item.number ? `Turn ${item.number}` : 'Tool calls', turnNote(item), turnView(item, {waiting})];
        case 'evaluation': return ['Evaluation', duration(between(entry.start, entry.end)), evaluationStep(step, entry.id)];
        case 'fault': return ['Error', null, h('div.callout.is-error', plain(step.error ?? 'unknown'))];
        case 'subagent': return ['Subagent', null, subagentView(step.subagent ?? {}, entry.id)];
        default: return [plain(item.name), item.entries.length > 1 ? plural(item.entries.length, 'span') : null,
            fold(`${entry.id} raw`, 'Content', () => item.entries.slice(0, 50).map(one => valueView(one.payload ?? one.attributes)))];
    }
}

function turnNote({step, entry, end}) {
    const usage = step?.usage;
    return [
        duration(between(entry.start, end ?? entry.end)),
        usage && `${amount(usage.prompt_tokens ?? 0)} → ${amount(usage.completion_tokens ?? 0)} tokens`,
        step?.done && 'done',
    ].filter(Boolean).join(' · ');
}

function setupView(step, key) {
    const call = step.task_call ?? {};
    return [
        Object.keys(call.arguments ?? {}).length > 0 && valueView(call.arguments),
        step.error && h('div.callout.is-error', plain(step.error)),
        call.result && fold(`${key} result`, 'What the environment answered', () => valueView(call.result)),
    ];
}

const messagesView = messages => (messages ?? []).map((message, index, all) => h('div.message',
    (all.length > 1 || message.role !== 'user') && h('h4', plain(message.role)),
    [message.content].flat().map(blockView)));

function evaluationStep(step, key) {
    const call = step.task_call ?? {};
    return [
        step.error && !call.result?.content && h('div.callout.is-error', plain(step.error)),
        evaluationView(call.result ?? null, {answer: call.arguments?.answer, key}),
    ];
}

function subagentView(subagent, key) {
    return [
        subagent.content && prose(subagent.content),
        subagent.trace_id && h('p', h('a', {href: `/trace/${subagent.trace_id}`}, `Run ${shortId(subagent.trace_id)}`)),
        subagent.steps?.length > 0 && fold(`${key} steps`, plural(subagent.steps.length, 'step'), () => valueView(subagent.steps)),
    ];
}

function drawTail(place, {timeline, running}) {
    const earlier = timeline.attempts.slice(0, -1);
    const sections = [
        ['files', JSON.stringify([timeline.files.setup.length, timeline.files.changes.length, timeline.files.captured.length]), () => {
            const content = filesView(timeline.files, timeline.attempts.at(-1)?.start ?? timeline.start);
            return content ? h('section.block.files', h('h2', 'File changes'), content) : h('section.nothing');
        }],
        ['earlier', `${earlier.length}`, () => (earlier.length ? h('section.block', h('h2', 'Earlier attempts'), earlier.map((attempt, index) =>
            fold(`attempt ${index}`, `Attempt ${index + 1}, given up after ${plural(attempt.items.length, 'entry', 'entries')}`, () =>
                h('ol.timeline.is-old', attempt.items.map(item => itemView(item, {start: attempt.start, waiting: false})))))) : h('section.nothing'))],
        ['debug', `${timeline.debug.length}`, () => (timeline.debug.length ? h('section.block', fold('debug', `Debug spans (${amount(timeline.debug.length)})`, () =>
            h('ul.debug', timeline.debug.map(debugView)))) : h('section.nothing'))],
        ['live', String(running), () => (running ? h('p.live', h('i', {'aria-hidden': 'true'}), 'Live: this page follows the run.') : h('section.nothing'))],
    ];
    keyed(place, sections, {key: ([name]) => name, signature: ([, signature]) => signature, render: ([, , render]) => render()});
}

function debugView(entry) {
    const problem = entry.events.find(event => event.name === 'exception')?.attributes?.['exception.message'] ?? entry.error;
    return h('li', h('span.mono', plain(entry.name)), h('span.sub', duration(between(entry.start, entry.end))),
        problem && h('span.is-error', plain(problem)),
        entry.events.length > 0 && fold(entry.id, 'events', () => valueView(entry.events)));
}
