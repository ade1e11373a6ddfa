// SPDX-License-Identifier: Apache-2.0
// From entries to what a page shows, without looking at the page: which turn, which result belongs to which call.

import {isNumber, time} from '../format.js';
import {withScreens} from '../screen/screens.js';
import {withChildren} from './children.js';
import {costOfAll} from './model-call.js';

const startOf = entry => time(entry.started_at);
const endOf = entry => time(entry.ended_at);
const STEPS = new Set(['prompt', 'agent', 'tool', 'setup', 'evaluate', 'system', 'subagent']);
const ROBOT = new Set(['observation', 'inference', 'video_segment']);

/**
 * `{items, files, debug, usage, turns, start, end}`. An item is a turn (an agent's step with the tool calls up to the next) or
 * another entry of note; file changes and debug spans are kept apart. `children` are the runs that were begun inside this one.
 */
export function timelineOf(entries, children = []) {
    const items = [];
    const debug = [];
    const usage = {prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0, cost_usd: 0, known: false};
    let turns = 0;
    for (const entry of entries) {
        const last = items.at(-1);
        if (entry.kind === 'agent') {
            addUsage(usage, entry.usage);
            turns += 1;
            items.push({kind: 'turn', number: turns, entry, said: entry, calls: callsOf(entry), end: endOf(entry)});
        } else if (entry.kind === 'tool') {
            const known = last?.kind === 'turn' ? last : waitingFor(items, entry);
            const turn = known ?? {kind: 'turn', number: null, entry, said: null, calls: []};
            if (turn !== known) items.push(turn);
            pair(turn, entry);
        } else if (STEPS.has(entry.kind)) items.push({kind: entry.kind, entry});
        else if (ROBOT.has(entry.kind)) addRobot(items, entry);
        else if (entry.kind === 'call') addModelCall(items, entry);
        else if (entry.payload?.attributes?.['code.function'] !== undefined) debug.push(entry);
        else if (!entry.kind.startsWith('filetracking.')) addOther(items, entry);
    }
    const cost = costOfAll(entries.filter(({kind}) => kind === 'call'));
    if (cost !== null) usage.cost_usd = cost; // agents count as well, and not all that was called
    let start = null;
    let end = null;
    for (const entry of entries) {
        const [from, to] = [startOf(entry), endOf(entry)];
        if ((STEPS.has(entry.kind) || ROBOT.has(entry.kind) || entry.kind === 'span') && from !== null && (start === null || from < start))
            start = from;
        if (to !== null && (end === null || to > end)) end = to;
    }
    return {
        items: withChildren(withScreens(items), children),
        debug,
        usage,
        turns,
        files: filesOf(entries),
        start,
        end,
    };
}

const callsOf = entry => (entry.tool_calls ?? []).map(call => ({call, answer: null}));

/** Spans of other kinds may stand between a turn and what it called. */
const waitingFor = (items, entry) =>
    entry.call_id ? items.findLast(item => item.kind === 'turn' && openCall(item, entry)) : undefined;

/**
 * Ids of calls repeat from turn to turn, and sometimes within one: the first unanswered call with the id is meant. A result that
 * has come by OTLP may have none, and is known by the tool.
 */
const openCall = (turn, entry) => {
    const id = entry.call_id ?? null;
    const open = turn.calls.filter(item => !item.answer);
    return (
        open.find(item => (item.call.id ?? null) === id) ??
        (id === null && entry.name !== undefined ? open.find(item => item.call.name === entry.tool_name) : undefined)
    );
};

function pair(turn, entry) {
    const id = entry.call_id ?? null;
    const open = openCall(turn, entry);
    if (open) open.answer = entry;
    else turn.calls.push({call: {id, name: entry.tool_name, arguments: entry.arguments}, answer: entry});
    turn.end = Math.max(turn.end ?? 0, endOf(entry) ?? 0) || null;
}

function addUsage(sum, usage) {
    if (!usage) return;
    sum.known = true;
    for (const name of ['prompt_tokens', 'completion_tokens', 'cached_tokens', 'cost_usd'])
        sum[name] += isNumber(usage[name]) ? usage[name] : 0;
}

/** All that a robot saw and did is one item, where it began. */
function addRobot(items, entry) {
    const robot = items.find(item => item.kind === 'robot');
    if (robot) robot.entries.push(entry);
    else items.push({kind: 'robot', entry, entries: [entry]});
}

/** A call is a part of the turn that waited for it. */
function addModelCall(items, entry) {
    const turn = items.findLast(item => item.kind === 'turn' && item.said);
    if (turn && startOf(entry) <= endOf(turn.said)) (turn.entries ??= []).push(entry);
    else addOther(items, entry);
}

/** Hundreds of spans of one kind in a row are one item. */
function addOther(items, entry) {
    const last = items.at(-1);
    if (last?.kind === 'other' && last.entry.kind === entry.kind && last.entry.name === entry.name) last.entries.push(entry);
    else items.push({kind: 'other', entry, entries: [entry]});
}

const objects = list => (Array.isArray(list) ? list.filter(one => one !== null && typeof one === 'object') : []);

/** File changes: what the task's setup did, what the agent did, and the files that were kept. */
function filesOf(entries) {
    const files = {setup: [], changes: [], captured: [], truncated: false};
    for (const entry of entries) {
        const {kind, payload} = entry;
        if (!kind.startsWith('filetracking.') || !payload) continue;
        const layer = {'filetracking.setup': files.setup, 'filetracking.diff': files.changes}[kind];
        if (layer) for (const patch of objects(payload.patches)) layer.push({...patch, at: startOf(entry)});
        if (kind === 'filetracking.capture') for (const file of objects(payload.files)) files.captured.push(file);
        if (payload.truncated) files.truncated = true;
    }
    return files;
}
