// SPDX-License-Identifier: Apache-2.0
// From spans to a timeline, without looking at the page: which attempt, which turn, which result belongs to which call.

import {time} from '../format.js';

/** Spans come as sent (attributes hold tag and payload) or already opened by the trace service. */
export function entryOf(raw) {
    const span = raw.span ?? raw;
    return {
        id: span.span_id ?? raw.id ?? String(raw.seq),
        seq: raw.seq ?? 0,
        name: span.name ?? raw.kind ?? 'span',
        schema: span.schema ?? span.attributes?.['hud.schema'] ?? null,
        payload: span.payload ?? span.attributes?.['hud.payload'] ?? null,
        attempt: raw.attempt ?? null,
        start: time(span.start_time ?? span.started_at),
        end: time(span.end_time ?? span.ended_at),
        error: span.status_code === 'ERROR' ? span.status_message ?? 'failed' : null,
        attributes: span.attributes ?? {},
        events: span.events ?? [],
    };
}

const isStep = entry => entry.schema === 'hud.step.v1' || (entry.schema === null && /^step\./.test(entry.name) && entry.payload);
const isFiles = entry => entry.schema === 'hud.filetracking.v1';
const isInstrument = entry => entry.schema === null && !isStep(entry);

/** `{attempts, files, debug, start, end}`; the last attempt is the one of record. */
export function timelineOf(rawEntries) {
    const seen = new Set();
    const entries = rawEntries.map(entryOf).filter(entry => !seen.has(entry.id) && seen.add(entry.id));
    const steps = entries.filter(isStep).map(entry => ({
        ...entry,
        step: entry.payload ?? {},
        start: time(entry.payload?.started_at) ?? entry.start,
        end: time(entry.payload?.ended_at) ?? entry.end,
    }));
    const others = entries.filter(entry => !isStep(entry) && !isFiles(entry) && !isInstrument(entry));
    const attempts = attemptsOf(steps).map(itemsOf);
    if (others.length) {
        if (!attempts.length) attempts.push(itemsOf([]));
        attempts.at(-1).items.push(...collapsed(others));
    }
    const times = entries.flatMap(entry => [entry.start, entry.end]).filter(t => t !== null);
    return {
        attempts,
        files: filesOf(entries.filter(isFiles)),
        debug: entries.filter(isInstrument).sort(byTime),
        start: times.length ? Math.min(...times) : null,
        end: times.length ? Math.max(...times) : null,
    };
}

const byTime = (a, b) => (a.start ?? 0) - (b.start ?? 0) || a.seq - b.seq;

/** The same step number under two spans means the run was done again. */
function attemptsOf(steps) {
    if (steps.some(step => step.attempt !== null)) {
        const numbers = [...new Set(steps.map(step => step.attempt ?? 1))].sort((a, b) => a - b);
        return numbers.map(number => inOrder(steps.filter(step => (step.attempt ?? 1) === number)));
    }
    const attempts = [];
    let numbers = new Set();
    for (const step of [...steps].sort(byTime)) {
        const number = step.step.step_id;
        if (!attempts.length || (number !== undefined && numbers.has(number))) {
            attempts.push([]);
            numbers = new Set();
        }
        if (number !== undefined) numbers.add(number);
        attempts.at(-1).push(step);
    }
    return attempts.map(inOrder);
}

/** By step number; a step without one stands where its time puts it. */
function inOrder(steps) {
    const numbered = steps.filter(step => step.step.step_id !== undefined).sort((a, b) => a.step.step_id - b.step.step_id);
    for (const step of steps.filter(s => s.step.step_id === undefined).sort(byTime)) {
        let place = numbered.length;
        while (place > 0 && (numbered[place - 1].start ?? 0) > (step.start ?? 0)) place -= 1;
        numbered.splice(place, 0, step);
    }
    return numbered;
}

function itemsOf(steps) {
    const items = [];
    const usage = {prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0, cost_usd: 0, calls: 0, known: false};
    let turns = 0;
    for (const entry of steps) {
        const {step} = entry;
        const last = items.at(-1);
        const source = step.source ?? entry.name.replace(/^step\./, '');
        if (source === 'agent') {
            addUsage(usage, step.usage);
            turns += 1;
            items.push({kind: 'turn', number: turns, entry, step, calls: callsOf(step), end: entry.end});
        } else if (source === 'tool') {
            const turn = last?.kind === 'turn' ? last : {kind: 'turn', number: null, entry, step: null, calls: []};
            if (turn !== last) items.push(turn);
            pair(turn, entry);
        } else if (source === 'task') {
            items.push({kind: step.task_call?.phase === 'evaluate' ? 'evaluation' : 'setup', entry, step});
        } else if (source === 'user') items.push({kind: 'user', entry, step});
        else if (source === 'system') items.push({kind: 'fault', entry, step});
        else if (source === 'subagent') items.push({kind: 'subagent', entry, step});
        else items.push({kind: 'other', name: entry.name, entries: [entry], entry});
    }
    const starts = steps.map(entry => entry.start).filter(start => start !== null);
    return {items, usage, turns, start: starts.length ? Math.min(...starts) : null};
}

const callsOf = step => (step.tool_calls ?? []).map(call => ({call, result: null}));

/** Ids of calls repeat from turn to turn, and sometimes within one: the first unanswered call with the id is meant. */
function pair(turn, entry) {
    const {call = {}, result = null, error = null} = entry.step;
    const answer = {result, error, entry};
    const open = turn.calls.find(item => !item.result && !item.error && !item.entry && item.call.id === call.id);
    if (open) Object.assign(open, answer);
    else turn.calls.push({call, ...answer});
    turn.end = Math.max(turn.end ?? 0, entry.end ?? 0) || null;
}

function addUsage(sum, usage) {
    if (!usage) return;
    sum.known = true;
    sum.calls += usage.llm_call_count ?? 1;
    for (const name of ['prompt_tokens', 'completion_tokens', 'cached_tokens', 'cost_usd']) sum[name] += usage[name] ?? 0;
}

/** Hundreds of spans of one kind in a row are one line. */
function collapsed(entries) {
    const items = [];
    for (const entry of [...entries].sort(byTime)) {
        const last = items.at(-1);
        if (last?.name === entry.name) last.entries.push(entry);
        else items.push({kind: 'other', name: entry.name, entries: [entry], entry});
    }
    return items;
}

/** File changes: what the task's setup did, what the agent did, and the files that were kept. */
function filesOf(entries) {
    const files = {setup: [], changes: [], captured: [], truncated: false};
    for (const {name, payload, start} of [...entries].sort(byTime)) {
        if (!payload) continue;
        const patches = (payload.patches ?? []).map(patch => ({...patch, at: start}));
        if (name === 'filetracking.setup') files.setup.push(...patches);
        else if (name === 'filetracking.diff') files.changes.push(...patches);
        else if (name === 'filetracking.capture') files.captured.push(...(payload.files ?? []));
        if (payload.truncated) files.truncated = true;
    }
    return files;
}

/** The error to put on top: the run's own, else that of the last step, if that was a fault. */
export function lastFault(attempt) {
    const last = attempt?.items.at(-1);
    return last?.step?.error ?? null;
}
