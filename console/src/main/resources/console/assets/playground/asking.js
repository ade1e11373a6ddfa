// SPDX-License-Identifier: Apache-2.0
// The form of a call: which model, in which dialect, and the conversation.

import {h, replace} from '../dom.js';
import {check, field, input, select} from '../form.js';
import {fold} from '../parts.js';
import {DIALECTS} from './dialects.js';

const TOOLS = `[
  {
    "name": "weather",
    "description": "The weather of a place",
    "parameters": {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
  }
]`;

/**
 * `{fields, buttons, dialect(), conversation(), addTurn(role, text)}`.
 *
 * @param models to choose from; others may be typed
 * @param changed is told of every change
 */
export function asking({models, model, dialect, changed}) {
    const named = input('model', model, {list: 'models', required: true, oninput: changed});
    const spoken = select(
        'dialect',
        DIALECTS.map(({id, text}) => [id, text]),
        dialect,
        {onchange: changed},
    );
    const most = input('most', '', {type: 'number', min: 1, inputmode: 'numeric', oninput: changed});
    const streamed = check('streamed', 'Streamed', true, {onchange: changed});
    const system = h('textarea', {rows: 2, spellcheck: 'false', oninput: changed});
    const tools = h('textarea', {
        rows: 8,
        spellcheck: 'false',
        placeholder: TOOLS,
        'aria-label': 'Tools as JSON',
        oninput: changed,
    });
    const fault = h('p.hint.is-error', {role: 'status'});
    const turns = h('div.turns');

    const addTurn = (role, text = '') => {
        const turn = turnField(role, text, changed);
        turns.append(turn);
        changed();
        return turn.querySelector('textarea');
    };

    const fields = [
        h(
            'div.fields',
            field('Model', named),
            h(
                'datalist',
                {id: 'models'},
                models.map(one => h('option', {value: one.model_name}, one.name ?? '')),
            ),
            field('Dialect', spoken),
            field('Tokens at most', most),
            h('div.field', h('span.field-name', 'Answer'), streamed),
        ),
        field('System', system),
        h('div.field', h('span.field-name', 'Messages'), turns),
        h(
            'div',
            h('button.button.is-second', {type: 'button', onclick: () => addTurn('user').focus()}, 'Add a message'),
        ),
        fold('tools', 'Tools', () => [
            h(
                'p.hint',
                'A list of functions with name, description and parameters. One that has a type is sent as it is.',
            ),
            h('div.field', tools),
            fault,
        ]),
    ];

    return {
        fields,
        addTurn,
        dialect: () => DIALECTS.find(one => one.id === spoken.value),
        conversation: () => ({
            model: named.value.trim(),
            streamed: streamed.querySelector('input').checked,
            system: system.value,
            messages: [...turns.children].map(turn => ({
                role: turn.querySelector('select').value,
                text: turn.querySelector('textarea').value,
            })),
            tools: toolsOf(tools.value, fault),
            most: Number(most.value) || null,
        }),
    };
}

const ROLES = [
    ['user', 'User'],
    ['assistant', 'Assistant'],
];

function turnField(role, text, changed) {
    const remove = () => {
        turn.remove();
        changed();
    };
    const turn = h(
        'div.turn-field',
        h(
            'div.turn-head',
            select('role', ROLES, role, {'aria-label': 'Who says it', onchange: changed}),
            h('button.quiet', {type: 'button', 'aria-label': 'Remove this message', onclick: remove}, 'Remove'),
        ),
        h('textarea', {rows: 3, 'aria-label': 'Message', oninput: changed}, text),
    );
    return turn;
}

function toolsOf(text, fault) {
    replace(fault);
    if (!text.trim()) return [];
    try {
        const tools = JSON.parse(text);
        if (!Array.isArray(tools) || tools.some(tool => tool === null || typeof tool !== 'object'))
            throw new SyntaxError('it is no list of objects');
        return tools;
    } catch (problem) {
        replace(fault, `Left out, since it cannot be read: ${problem.message}.`);
        return [];
    }
}
