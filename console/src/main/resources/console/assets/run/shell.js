// SPDX-License-Identifier: Apache-2.0
// Calls of a shell: what was asked of it and what it gave, and all of a run's as one terminal.

import {h} from '../dom.js';
import {between, duration, plain} from '../format.js';
import {longText} from '../parts.js';
import {colouredView} from './ansi.js';

/** The command of a call, null where it is none of a shell. */
export function shellCommand({name, arguments: args}) {
    if (!/(^|[._-])(bash|shell|run_shell_command|terminal|exec)$/i.test(name ?? '')) return null;
    const command = args?.command ?? args?.cmd;
    if (Array.isArray(command)) return command.join(' ');
    return typeof command === 'string' ? command : null;
}

/** `{output, code}`: a shell's answer repeats the command and ends with the exit code; the screen shows each once. */
export function shellAnswer(command, answer) {
    const raw = answer?.result_text ?? '';
    const echoed = raw.startsWith(`$ ${command}\n`) ? raw.slice(command.length + 3) : raw;
    const exit = /\n?\(exit (-?\d+)\)\s*$/.exec(echoed);
    const output = (exit ? echoed.slice(0, exit.index) : echoed).replace(/^\n+|\s+$/g, '');
    return {output, code: exit ? Number(exit[1]) : null};
}

/** One row for each call of a shell, with the step that it is of. */
export const shellRows = steps =>
    steps.flatMap(({item, index}) =>
        (item.calls ?? [])
            .map((call, position) => ({
                call,
                command: shellCommand(call.call),
                step: index,
                id: `${item.entry.id} ${position}`,
            }))
            .filter(({command}) => command !== null),
    );

const MOST_LINES = 200;

/** @param link to the row's step, where the rest of it stands */
export function shellRow({call, command}, link) {
    const {answer} = call;
    const {output, code} = shellAnswer(command, answer);
    return h(
        'li.shell-row',
        {class: (code || answer?.error || answer?.is_error) && 'has-failed'},
        h(
            'div.command',
            h('span.sigil', {'aria-hidden': 'true'}, '$'),
            longText(command, {lines: 60}),
            h(
                'span.meta',
                code !== null && h('span', {class: code ? 'exit is-error' : 'exit'}, `exit ${code}`),
                answer ? h('span', duration(between(answer.started_at, answer.ended_at))) : h('span', 'no result'),
                link,
            ),
        ),
        output && outputView(output),
        answer?.error && h('p.tool-error', plain(answer.error)),
    );
}

function outputView(output) {
    const lines = output.split('\n');
    const pre = h('pre', colouredView(lines.slice(0, MOST_LINES).join('\n').slice(0, 60_000)));
    if (lines.length <= MOST_LINES && output.length <= 60_000) return pre;
    const more = h(
        'button.more',
        {
            type: 'button',
            onclick: () => {
                pre.replaceChildren(...colouredView(output));
                more.remove();
            },
        },
        `Show all ${lines.length} lines`,
    );
    return h('div.long', pre, more);
}
