// SPDX-License-Identifier: Apache-2.0
// One run: its timeline, its grade, its facts.

import {get, getIfThere} from '../api.js';
import {h, keyed, replace} from '../dom.js';
import {amount, between, bytes, duration, fullTime, isNumber, plain, plural, reward, shortId, time} from '../format.js';
import {live} from '../live.js';
import {
    ageText, crumbs, facts, fold, hasEnded, idText, isScripted, modelName, rewardBar, scriptedBadge, statusPill,
} from '../parts.js';
import {blockView, prose, valueView} from '../run/content.js';
import {evaluationView, subscoresView} from '../run/evaluation.js';
import {filesView} from '../run/files.js';
import {runDuration, startOf, stopReason} from '../run/outcome.js';
import {timelineReader} from '../run/reader.js';
import {timelineOf} from '../run/timeline.js';
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
        const run = await get(address, {signal});
        const ended = hasEnded(run.status);
        // Once more from the beginning when the run has ended: what came late stands in its place then.
        const entries = await read({anew: ended && endSeen === null});
        if (!job && run.job_id) job = await getIfThere(`/v2/jobs/${run.job_id}`, {signal});
        if (!root.contains(head)) {
            title(`Run ${shortId(id)}`);
            replace(root, crumbs(['Jobs', '/jobs'], ...(run.job_id ? [[job?.name || shortId(run.job_id), `/jobs/${run.job_id}`]] : []),
                [`Run ${shortId(id)}`]), head, banner, h('div.run', side, h('div.track', list, tail)));
            root.classList.remove('loading');
        }
        const follow = !ended && drawnFor && isAtEnd();
        const state = JSON.stringify(run) + entries.map(entry => entry.seq).join();
        if (state !== drawnFor) draw(parts, {run, job, id, timeline: timelineOf(entries)});
        drawnFor = state;
        if (follow) scrollTo(0, document.documentElement.scrollHeight);
        if (!ended) return 1000;
        endSeen ??= Date.now();
        const settled = time(run.ended_at) !== null && Date.now() - time(run.ended_at) > AFTERMATH_MS;
        return settled || Date.now() - endSeen > AFTERMATH_MS ? null : 2000;
    };
    await live(refresh, signal, await refresh());
}

/** Who reads the end of a live timeline wants to go on doing so. */
const isAtEnd = () => scrollY > 0 && innerHeight + scrollY > document.documentElement.scrollHeight - 60;

function draw({head, banner, side, list, tail}, {run, job, id, timeline}) {
    const running = !hasEnded(run.status);
    const model = run.model ?? timeline.items.find(item => item.said?.model)?.said.model;
    const error = run.error ?? (run.status === 'error' ? timeline.items.at(-1)?.entry.error : null);
    const task = run.task_slug ?? run.task ?? timeline.items.find(item => item.kind === 'setup')?.entry.name;
    replace(head,
        h('div', h('h1', task ? plain(task) : `Run ${shortId(id)}`), h('div.under', statusPill(run.status),
            isScripted(model) && scriptedBadge(),
            run.attempt > 1 && h('span.badge.is-warn', {title: 'How often the platform began this run. The newest attempt is shown.'}, `attempt ${run.attempt}`),
            model && model !== 'unknown' && h('span.mono', plain(model)),
            h('span', ageText(startOf(run))))),
        idText(id));
    replace(banner, error && h('div.callout.is-error.banner', {role: 'alert'}, h('strong', 'The run failed. '), plain(error)));
    drawSide(side, {run, job, model, task, timeline});
    drawTimeline(list, {timeline, running});
    drawTail(tail, {timeline, running});
}

function drawSide(place, {run, job, model, task, timeline}) {
    const evaluation = run.evaluation_result ?? null;
    const {usage} = timeline;
    const took = runDuration(run) ?? (timeline.start !== null && timeline.end !== null ? timeline.end - timeline.start : null);
    const grade = isNumber(evaluation?.score) ? evaluation.score : isNumber(run.reward) ? run.reward : null;
    const ended = hasEnded(run.status);
    const next = [
        h('section.card.grade', h('h2', 'Grade'),
            grade !== null
                ? h('p.value', reward(grade), rewardBar(grade))
                : h('p.value', {class: ended ? 'is-ungraded' : 'is-open'}, ended ? 'ungraded' : 'not yet'),
            grade === null && ended && h('p.under', 'No grade is on record. This is not a reward of 0.'),
            evaluation?.isError && h('p.under.is-error', 'The grading itself reported an error.'),
            subscoresView(evaluation?.subscores, 'grade')),
        h('section.card.about', h('h2', 'Run'), facts([
            ['Task', task && h('span.mono', plain(task))],
            ['Environment', environmentText(run)],
            ['Job', run.job_id && h('a', {href: `/jobs/${run.job_id}`}, plain(job?.name || shortId(run.job_id)))],
            ['Model', model && modelName(model)],
            ['Agent', run.agent && h('span.mono', plain(run.agent))],
            ['Run by', run.hosted === true ? 'the platform' : run.hosted === false ? 'its client' : null],
            ['Ended', stopReason(run.stop_reason)],
            ['Attempt', run.attempt > 0 ? String(run.attempt) : null],
            ['Waited', isNumber(run.queue_millis) ? duration(run.queue_millis) : null],
            ['Started', fullTime(startOf(run))],
            ['Took', took === null ? null : duration(took)],
            ['Turns', timeline.turns ? amount(timeline.turns) : null],
            ['Tokens', usage.known && `${amount(usage.prompt_tokens)} in, ${amount(usage.completion_tokens)} out`
                + (usage.cached_tokens ? `, ${amount(usage.cached_tokens)} cached` : '')],
            ['Cost', usage.cost_usd ? `$${usage.cost_usd.toFixed(4)}` : null],
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

function drawTimeline(list, {timeline, running}) {
    const {items, start} = timeline;
    if (!items.length) {
        replace(list, h('li.entry.nothing', running
            ? 'Nothing has happened yet. Steps appear here as they are made.'
            : 'This run ended without a single step on record.'));
        return;
    }
    const isOpen = item => running && item === items.at(-1);
    keyed(list, items, {
        key: item => item.entry.id,
        signature: item => `${item.kind} ${item.calls?.map(call => Boolean(call.answer)).join()} ${item.entries?.length} ${isOpen(item)}`,
        render: item => itemView(item, {start, waiting: isOpen(item)}),
    });
}

function itemView(item, {start, waiting}) {
    const {entry} = item;
    const began = time(entry.started_at);
    const offset = began !== null && start !== null ? h('span.offset', {title: fullTime(began)}, `+${duration(began - start)}`) : null;
    const [name, note, content] = viewOf(item, waiting);
    return h('li.entry', {class: `is-${item.kind}${entry.error ? ' has-error' : ''}`},
        h('div.entry-head', h('h3', name), note && h('span.note', note), offset),
        h('div.entry-body', content));
}

function viewOf(item, waiting) {
    const {entry} = item;
    switch (item.kind) {
        case 'setup': return ['Task', h('span.mono', plain(entry.name)), setupView(entry)];
        case 'prompt': return ['Prompt', null, messagesView(entry)];
        case 'turn': return [item.number ? `Turn ${item.number}` : 'Tool calls', turnNote(item), turnView(item, {waiting})];
        case 'evaluate': return ['Evaluation', duration(between(entry.started_at, entry.ended_at)), evaluateView(entry)];
        case 'system': return ['Error', null, h('div.callout.is-error', plain(entry.error ?? 'unknown'))];
        case 'subagent': return ['Subagent', null, subagentView(entry.payload?.subagent ?? {}, entry.id)];
        default: return [plain(entry.kind), item.entries.length > 1 ? plural(item.entries.length, 'span') : null,
            fold(`${entry.id} raw`, 'Content', () => item.entries.slice(0, 50).map(rawView))];
    }
}

const rawView = entry => (entry.payload === undefined ? h('span.none', `${bytes(entry.omitted_bytes)}, too large to show`) : valueView(entry.payload));

function turnNote({said, entry, end}) {
    const usage = said?.usage;
    return [
        duration(between(entry.started_at, end ?? entry.ended_at)),
        usage && `${amount(usage.prompt_tokens ?? 0)} → ${amount(usage.completion_tokens ?? 0)} tokens`,
        said?.done && 'done',
    ].filter(Boolean).join(' · ');
}

const setupView = entry => [
    Object.keys(entry.arguments ?? {}).length > 0 && valueView(entry.arguments),
    entry.error && h('div.callout.is-error', plain(entry.error)),
    entry.result && fold(`${entry.id} result`, 'What the environment answered', () => valueView(entry.result)),
];

const messagesView = entry => (entry.messages ?? [{role: 'user', content: {type: 'text', text: entry.text}}]).map((message, index, all) => h('div.message',
    (all.length > 1 || message.role !== 'user') && h('h4', plain(message.role)),
    [message.content].flat().map(blockView)));

const evaluateView = entry => [
    entry.error && !entry.result?.content && h('div.callout.is-error', plain(entry.error)),
    evaluationView(entry.result ?? null, {answer: entry.arguments?.answer, key: entry.id}),
];

function subagentView(subagent, key) {
    return [
        subagent.content && prose(subagent.content),
        subagent.trace_id && h('p', h('a', {href: `/trace/${subagent.trace_id}`}, `Run ${shortId(subagent.trace_id)}`)),
        subagent.steps?.length > 0 && fold(`${key} steps`, plural(subagent.steps.length, 'step'), () => valueView(subagent.steps)),
    ];
}

function drawTail(place, {timeline, running}) {
    const {files, debug, start} = timeline;
    const sections = [
        running && ['live', '', () => h('p.live', h('i', {'aria-hidden': 'true'}), 'Live: this page follows the run.')],
        files.setup.length + files.changes.length + files.captured.length > 0
            && ['files', JSON.stringify([files.setup.length, files.changes.length, files.captured.length]),
                () => h('section.block.files', h('h2', 'File changes'), filesView(files, start))],
        debug.length > 0 && ['debug', String(debug.length), () => h('section.block', fold('debug', `Debug spans (${amount(debug.length)})`,
            () => h('ul.debug', debug.map(debugView))))],
    ].filter(Boolean);
    keyed(place, sections, {key: ([name]) => name, signature: ([, signature]) => signature, render: ([, , render]) => render()});
}

function debugView(entry) {
    const {payload} = entry;
    const problem = payload.events?.find(event => event.name === 'exception')?.attributes?.['exception.message'];
    return h('li', h('span.mono', plain(entry.kind)), h('span.sub', duration(between(entry.started_at, entry.ended_at))),
        problem && h('span.is-error', plain(problem)),
        payload.events?.length > 0 && fold(entry.id, 'events', () => valueView(payload.events)));
}
