// SPDX-License-Identifier: Apache-2.0
// Entering an upstream of the team's, or changing it.

import {send} from '../api.js';
import {h} from '../dom.js';
import {check, field, form, input} from '../form.js';
import {plain} from '../format.js';

/** To choose from; the platform may know others, and names all that it knows where it refuses one. */
const PRESETS = [
    'openai-compatible',
    'openai',
    'anthropic',
    'google',
    'azure',
    'bedrock',
    'vertex',
    'openrouter',
    'together',
    'fireworks',
    'groq',
    'mistral',
    'deepseek',
    'xai',
    'vllm',
    'sglang',
    'ollama',
];

const LIMITS = [
    ['connect_seconds', 'Seconds to connect'],
    ['first_seconds', 'Seconds to the first byte'],
    ['next_seconds', 'Seconds between bytes'],
    ['total_seconds', 'Seconds in all'],
];

/** Empty fields: as long as any upstream is waited for. */
const limitFields = limits =>
    LIMITS.map(([name, text]) =>
        field(
            text,
            input(`limits.${name}`, limits?.[name], {type: 'number', min: 1, max: 86_400, step: 1, inputmode: 'numeric'}),
        ),
    );

/** What most upstreams do without: open where something of it is set. */
const more = one =>
    h(
        'details',
        {open: Boolean(one?.models?.length || one?.limits)},
        h('summary', 'Which models it offers, and how long it is waited for'),
        h(
            'div.fields',
            field(
                'Only these models',
                h('textarea', {name: 'models', rows: 3, spellcheck: 'false'}, (one?.models ?? []).join('\n')),
                {hint: 'As it calls them, one a line. Left empty: all that it lists.', wide: true},
            ),
            check('lists', 'It is asked which models it serves', one?.lists ?? true),
        ),
        h('div.fields', limitFields(one?.limits)),
    );

function limitsOf(typed) {
    const said = LIMITS.map(([name]) => [name, typed.get(`limits.${name}`)]).filter(([, seconds]) => seconds);
    return Object.fromEntries(said.map(([name, seconds]) => [name, Number(seconds)]));
}

/** @param one the upstream to change; null: a new one is entered */
export function upstreamForm(one, {leave, saved}) {
    return h(
        'section.card.entering',
        h('h2', one ? `Change ${plain(one.name)}` : 'Enter an upstream'),
        form(
            one ? 'Change an upstream' : 'Enter an upstream',
            [
                h(
                    'div.fields',
                    field('Name', input('name', one?.name, {required: true, maxlength: 63}), {
                        hint: 'The catalog’s models name it.',
                    }),
                    field(
                        'Preset',
                        input('preset', one?.preset ?? 'openai-compatible', {list: 'presets', required: true}),
                        {
                            hint: 'What is known of such providers.',
                        },
                    ),
                    h(
                        'datalist',
                        {id: 'presets'},
                        PRESETS.map(preset => h('option', {value: preset})),
                    ),
                    field('Address', input('base_url', one?.base_url, {type: 'url', placeholder: 'https://…'}), {
                        hint: 'Left empty: the preset’s.',
                        wide: true,
                    }),
                    field('Region', input('region', one?.region), {hint: 'Where the address asks for one.'}),
                    field('Credential', input('credential', '', {type: 'password', autocomplete: 'new-password'}), {
                        hint: one ? 'Left empty: it stays as it is.' : 'Sealed, and never shown again.',
                    }),
                    one && check('enabled', 'It is asked', one.enabled),
                ),
                more(one),
            ],
            {
                action: one ? 'Save' : 'Enter it',
                cancel: leave,
                submit: async typed => {
                    const text = name => typed.get(name).trim();
                    const wanted = {
                        name: text('name'),
                        preset: text('preset'),
                        base_url: text('base_url'),
                        region: text('region'),
                    };
                    if (text('credential')) wanted.credential = text('credential');
                    wanted.models = text('models').split('\n').map(line => line.trim()).filter(Boolean);
                    wanted.limits = limitsOf(typed);
                    if (typed.has('lists') !== (one?.lists ?? true)) wanted.lists = typed.has('lists');
                    if (one) wanted.enabled = typed.has('enabled');
                    if (one) await send('PATCH', `/v2/upstreams/${encodeURIComponent(one.id)}`, wanted);
                    else await send('POST', '/v2/upstreams', wanted);
                    await saved();
                },
            },
        ),
    );
}
