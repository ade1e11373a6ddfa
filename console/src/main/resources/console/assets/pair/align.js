// SPDX-License-Identifier: Apache-2.0
// Two runs of one task, step beside step. Nothing here looks at the page.

import {shellAnswer, shellCommand} from '../run/shell.js';

/**
 * Rows of `{left, right, differs}`: the third turn beside the third turn, the prompt beside the prompt. A step that only one of them has
 * stands alone. `differs` names in what the two are not alike; it is empty where they are.
 */
export function aligned(left, right) {
    const [mine, others] = [left, right].map(named);
    const [isMine, isOthers] = [mine, others].map(list => new Set(list.map(({name}) => name)));
    const rows = [];
    let [at, to] = [0, 0];
    while (at < mine.length || to < others.length) {
        const [a, b] = [mine[at], others[to]];
        if (a && b && a.name === b.name) {
            rows.push({left: a.item, right: b.item, differs: differencesOf(a.item, b.item)});
            at += 1;
            to += 1;
        } else if (a && (!b || !isOthers.has(a.name))) {
            rows.push({left: a.item, right: null, differs: ['only here']});
            at += 1;
        } else if (b && (!a || !isMine.has(b.name))) {
            rows.push({left: null, right: b.item, differs: ['only here']});
            to += 1;
        } else {
            // Both have both, in another order: the other's stands alone, and so will mine.
            rows.push({left: a.item, right: null, differs: ['in another order']});
            isMine.delete(a.name);
            at += 1;
        }
    }
    return rows;
}

/** Items by what they are the how-manieth of. */
function named(items) {
    const counts = new Map();
    return items.map(item => {
        const kind = item.kind === 'other' ? `other ${item.entry.kind} ${item.entry.name}` : item.kind;
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
        return {name: `${kind} ${counts.get(kind)}`, item};
    });
}

/** A shell tells its command again with what it gave. */
function resultOf({call, answer}) {
    const command = shellCommand(call);
    const text = command === null ? answer?.result_text : shellAnswer(command, answer);
    return [text, answer?.structuredContent, answer?.is_error, answer?.error];
}

const PARTS = {
    turn: {
        words: item => [item.said?.text, item.said?.refusal],
        calls: item => item.calls.map(({call}) => [call.name, call.arguments]),
        results: item => item.calls.map(resultOf),
    },
    prompt: {prompt: ({entry}) => entry.messages ?? entry.text},
    setup: {arguments: ({entry}) => entry.arguments, error: ({entry}) => entry.error},
    evaluate: {
        answer: ({entry}) => entry.arguments?.answer ?? entry.result?.answer,
        score: ({entry}) => entry.result?.score,
        subscores: ({entry}) => entry.result?.subscores,
    },
    system: {error: ({entry}) => entry.error},
    subagent: {content: ({entry}) => entry.subagent?.content},
    other: {number: ({entries}) => entries.length},
};

export const differencesOf = (left, right) =>
    Object.entries(PARTS[left.kind] ?? {})
        .filter(([, of]) => JSON.stringify(of(left) ?? null) !== JSON.stringify(of(right) ?? null))
        .map(([name]) => name);
