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

/** @param one the upstream to change; null: a new one is entered */
export function upstreamForm(one, {leave, saved}) {
    return h(
        'section.card.entering',
        h('h2', one ? `Change ${plain(one.name)}` : 'Enter an upstream'),
        form(
            one ? 'Change an upstream' : 'Enter an upstream',
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
                    if (one) wanted.enabled = typed.has('enabled');
                    if (one) await send('PATCH', `/v2/upstreams/${encodeURIComponent(one.id)}`, wanted);
                    else await send('POST', '/v2/upstreams', wanted);
                    await saved();
                },
            },
        ),
    );
}
