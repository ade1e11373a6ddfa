// SPDX-License-Identifier: Apache-2.0
// One turn: what the agent thought and said, the tools it called, what they gave.

import {h} from '../dom.js';
import {between, duration, plain} from '../format.js';
import {fold, longText} from '../parts.js';
import {blockView, prose, textOf, valueView} from './content.js';

export function turnView(turn, {waiting}) {
    const {step, entry} = turn;
    const key = entry.id;
    return [
        step?.reasoning && fold(`${key} reasoning`, h('span', 'Reasoning', h('span.peek', plain(step.reasoning).slice(0, 160))),
            () => prose(step.reasoning), {open: step.reasoning.length < 400}),
        step?.content && prose(step.content),
        step?.refusal && h('div.callout.is-warn', h('strong', 'Refused. '), plain(step.refusal)),
        step?.stop_reason && h('div.callout.is-warn', step.stop_reason === 'length'
            ? 'The output was cut off: it reached its greatest length.' : `Stopped: ${plain(step.stop_reason)}`),
        step?.error && h('div.callout.is-error', plain(step.error)),
        turn.calls.map(item => callView(item, waiting)),
        citations(step?.citations),
    ];
}

function callView(item, waiting) {
    const name = item.call.name ?? 'tool';
    const {arguments: args} = item.call;
    const command = shellCommand(name, args);
    return command === null ? plainCall(name, args, item, waiting) : terminal(command, args, item, waiting);
}

function shellCommand(name, args) {
    if (!/(^|[._-])(bash|shell|run_shell_command|terminal|exec)$/i.test(name)) return null;
    const command = args?.command ?? args?.cmd;
    if (Array.isArray(command)) return command.join(' ');
    return typeof command === 'string' ? command : null;
}

/** A shell's answer repeats the command and ends with the exit code; the screen shows each once. */
function terminal(command, args, item, waiting) {
    const raw = item.result ? textOf(item.result.content) : '';
    const echoed = raw.startsWith(`$ ${command}\n`) ? raw.slice(command.length + 3) : raw;
    const exit = /\n?\(exit (-?\d+)\)\s*$/.exec(echoed);
    const output = (exit ? echoed.slice(0, exit.index) : echoed).replace(/\s+$/, '');
    const code = exit ? Number(exit[1]) : null;
    const rest = Object.entries(args ?? {}).filter(([name]) => !['command', 'cmd'].includes(name));
    return h('figure.terminal', {class: failed(item) && 'is-error'},
        h('figcaption', h('span.tool', plain(item.call.name)), rest.length > 0 && h('span.extra', plain(rest.map(([k, v]) => `${k}=${JSON.stringify(v)}`).join(' '))),
            h('span.meta', code !== null && h('span', {class: code ? 'exit is-error' : 'exit'}, `exit ${code}`), took(item))),
        h('div.command', h('span.sigil', {'aria-hidden': 'true'}, '$'), longText(command, {lines: 16})),
        output && longText(output, {lines: 30}),
        item.error && h('p.tool-error', plain(item.error)),
        pictures(item), missing(item, waiting));
}

function plainCall(name, args, item, waiting) {
    const malformed = typeof args === 'string';
    return h('figure.call', {class: failed(item) && 'is-error'},
        h('figcaption', h('span.tool', plain(name)), malformed && h('span.badge.is-warn', 'malformed arguments'),
            item.result?.isError && h('span.badge.is-error', 'error'), h('span.meta', took(item))),
        args !== undefined && args !== null && !(typeof args === 'object' && !Object.keys(args).length) && h('div.arguments', valueView(args)),
        item.result && h('div.result', resultView(item.result)),
        item.error && h('p.tool-error', plain(item.error)),
        missing(item, waiting));
}

function resultView(result) {
    const blocks = (result.content ?? []).map(block => (block?.type === 'text' ? longText(block.text, {lines: 30}) : blockView(block)));
    const structured = result.structuredContent;
    if (structured !== undefined && structured !== null) blocks.push(h('div.structured', valueView(structured)));
    return blocks.length ? blocks : h('span.none', 'empty result');
}

const failed = item => Boolean(item.error || item.result?.isError);
const pictures = item => (item.result?.content ?? []).filter(block => block?.type !== 'text').map(blockView);
const took = item => (item.entry ? h('span', duration(between(item.entry.start, item.entry.end))) : null);

function missing(item, waiting) {
    if (item.result || item.error || item.entry) return null;
    return h('p.missing', waiting ? 'waiting for the result…' : 'No result: the run ended before this call was made or answered.');
}

function citations(list) {
    if (!list?.length) return null;
    return h('ul.citations', list.map(citation => h('li',
        /^https?:\/\//.test(citation.source ?? '')
            ? h('a', {href: citation.source, target: '_blank', rel: 'noopener noreferrer nofollow'}, plain(citation.title ?? citation.source))
            : plain(citation.title ?? citation.source ?? ''),
        citation.text && h('span.sub', plain(citation.text)))));
}
