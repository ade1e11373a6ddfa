// SPDX-License-Identifier: Apache-2.0
// One turn: what the agent thought and said, the tools it called, what they gave.

import {h} from '../dom.js';
import {between, duration, plain, plural, textOf} from '../format.js';
import {fold, longText} from '../parts.js';
import {screenView} from '../screen/call.js';
import {pictureOf} from '../screen/picture.js';
import {blockView, isOmitted, messagesView, omittedView, prose, valueView} from './content.js';
import {modelCallView} from './model-call.js';
import {childView} from './nested.js';
import {shellAnswer, shellCommand} from './shell.js';

export function turnView(turn, {waiting, signal}) {
    const {said} = turn;
    return [
        isOmitted(said) && omittedView(said),
        said?.input_messages?.length > 0 &&
            fold(`${said.id} input`, `Input (${plural(said.input_messages.length, 'message')})`, () =>
                messagesView(said.input_messages),
            ),
        said?.reasoning &&
            fold(
                `${said.id} reasoning`,
                h('span', 'Reasoning', h('span.peek', plain(said.reasoning).slice(0, 160))),
                () => prose(said.reasoning),
                {open: said.reasoning.length < 400},
            ),
        said?.text && prose(said.text),
        said?.refusal && h('div.callout.is-warn', h('strong', 'Refused. '), plain(said.refusal)),
        said?.stop_reason &&
            h(
                'div.callout.is-warn',
                said.stop_reason === 'length'
                    ? 'The output was cut off: it reached its greatest length.'
                    : `Stopped: ${plain(said.stop_reason)}`,
            ),
        said?.error && h('div.callout.is-error', plain(said.error)),
        turn.calls.map(item => [callView(item, waiting), item.children?.map(child => childView(child, signal))]),
        citations(said?.citations),
        turn.entries?.map(modelCallView),
    ];
}

function callView(item, waiting) {
    const name = item.call.name ?? 'tool';
    const {arguments: args} = item.call;
    const command = shellCommand(item.call);
    return command === null ? plainCall(name, args, item, waiting) : terminal(command, args, item, waiting);
}

function terminal(command, args, item, waiting) {
    const {answer} = item;
    const {output, code} = shellAnswer(command, answer);
    const rest = Object.entries(args ?? {}).filter(([name]) => !['command', 'cmd'].includes(name));
    return h(
        'figure.terminal',
        {class: failed(item) && 'is-error'},
        h(
            'figcaption',
            h('span.tool', plain(item.call.name)),
            rest.length > 0 && h('span.extra', plain(rest.map(([k, v]) => `${k}=${JSON.stringify(v)}`).join(' '))),
            h(
                'span.meta',
                code !== null && h('span', {class: code ? 'exit is-error' : 'exit'}, `exit ${code}`),
                took(item),
            ),
        ),
        h('div.command', h('span.sigil', {'aria-hidden': 'true'}, '$'), longText(command, {lines: 16})),
        output && longText(output, {lines: 30}),
        answer?.error && h('p.tool-error', plain(answer.error)),
        pictures(answer),
        missing(item, waiting),
    );
}

/** `server__tool` where there are several servers, `mcp__server__tool` as the vendors' programs have it. */
function toolName(name) {
    const [, server, tool] = /^((?:mcp__)?\w+?__)(\w+)$/.exec(name) ?? [null, null, name];
    return h('span.tool', server && h('span.server', plain(server)), plain(tool));
}

function plainCall(name, args, item, waiting) {
    const {answer} = item;
    const malformed = isMalformed(args);
    return h(
        'figure.call',
        {class: failed(item) && 'is-error'},
        h(
            'figcaption',
            toolName(name),
            malformed && h('span.badge.is-warn', 'malformed arguments'),
            answer?.is_error && h('span.badge.is-error', 'error'),
            h('span.meta', took(item)),
        ),
        item.screen ? screenView(item.screen) : argumentsView(args, malformed),
        item.screen &&
            fold(
                `${answer?.id ?? textOf(item.call.id)} arguments`,
                'Arguments',
                () => argumentsView(args, malformed) ?? h('span.none', 'none'),
            ),
        answer && resultView(answer, item.screen),
        answer?.error && h('p.tool-error', plain(answer.error)),
        missing(item, waiting),
    );
}

/** Arguments that were no object arrive under this name alone. */
const isMalformed = args => typeof args?.raw === 'string' && Object.keys(args).length === 1;

const argumentsView = (args, malformed) =>
    Object.keys(args ?? {}).length > 0 ? h('div.arguments', valueView(malformed ? args.raw : args)) : null;

/** @param screen has shown what the screen was afterwards */
function resultView(answer, screen) {
    if (isOmitted(answer)) return h('div.result', omittedView(answer));
    const structured = answer.structuredContent ?? null;
    const shown = pictures(answer, screen?.after);
    const parts = [
        answer.result_text && !isSaid(structured, answer.result_text) && longText(answer.result_text, {lines: 30}),
        shown.length > 0 && h('div.pictures', shown),
        structured !== null && h('div.structured', h('h4', 'Structured result'), valueView(structured)),
    ].filter(Boolean);
    if (!parts.length && (answer.error || screen)) return null;
    return h('div.result', parts.length ? parts : h('span.none', 'empty result'));
}

/** Servers tell a structured result as text too, for whoever reads nothing else. */
function isSaid(structured, text) {
    if (structured === null || text.length > 100_000) return false;
    if (text === structured.result) return true;
    try {
        return [structured, structured.result].some(
            value => JSON.stringify(JSON.parse(text)) === JSON.stringify(value),
        );
    } catch {
        return false;
    }
}

const failed = ({answer}) => Boolean(answer?.error || answer?.is_error);
/** Blocks that are more than the text of the result, which has those of text and resources already. */
const pictures = (answer, shown = null) =>
    (answer?.content ?? [])
        .filter(
            block =>
                !['text', 'resource', 'resource_link'].includes(block?.type) &&
                (shown === null || pictureOf(block) !== shown),
        )
        .map(blockView);
const took = ({answer}) => (answer ? h('span', duration(between(answer.started_at, answer.ended_at))) : null);

function missing(item, waiting) {
    if (item.answer) return null;
    return h(
        'p.missing',
        waiting ? 'waiting for the result…' : 'No result: the run ended before this call was made or answered.',
    );
}

function citations(list) {
    if (!list?.length) return null;
    return h(
        'ul.citations',
        list.map(citation =>
            h(
                'li',
                /^https?:\/\//.test(textOf(citation.source))
                    ? h(
                          'a',
                          {href: citation.source, target: '_blank', rel: 'noopener noreferrer nofollow'},
                          plain(citation.title ?? citation.source),
                      )
                    : plain(citation.title ?? citation.source ?? ''),
                citation.text && h('span.sub', plain(citation.text)),
            ),
        ),
    );
}
