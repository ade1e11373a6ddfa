// SPDX-License-Identifier: Apache-2.0
// Making a key, and changing what it opens, for how long, and what becomes of its model calls.

import {send} from '../api.js';
import {h} from '../dom.js';
import {check, field, form, input, select} from '../form.js';
import {plain, time} from '../format.js';
import {recordingFields, recordingOf} from '../recording/choice.js';
import {may, user} from '../session.js';

export const SCOPES = {
    models: 'call models',
    telemetry: 'report runs',
    read: 'look',
    write: 'deploy, run, change',
    admin: 'administer',
};

const name = value => field('Name', input('name', value, {required: true, maxlength: 100}), {hint: 'What it is for.'});

const ends = value =>
    field('Ends', input('expires_at', localTime(value), {type: 'datetime-local', step: 60}), {
        hint: 'Left empty: never.',
    });

const scopes = chosen => [
    h(
        'fieldset.checks',
        h('legend.field-name', 'It may'),
        Object.entries(SCOPES).map(([scope, what]) =>
            check('scopes', `${scope}: ${what}`, chosen.includes(scope), {value: scope}),
        ),
    ),
    h(
        'p.hint',
        'With none chosen it may all that the role of its holder may. A choice narrows that, and never widens it.',
    ),
];

const RECORDING = 'recording.';

const recording = (chosen, names) =>
    h('div.fields', recordingFields(chosen, names, {otherwise: 'answered by models', prefix: RECORDING}));

const endOf = typed => (typed.get('expires_at') ? new Date(typed.get('expires_at')).toISOString() : null);

/** What a field of date and time wants: the viewer's clock, without a zone. */
function localTime(text) {
    const at = time(text);
    if (at === null) return '';
    return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * @param members whom an administrator may give one
 * @param recordings names of those that there are
 */
export function newForm(members, recordings, close, show) {
    const people = new Map(members.map(member => [member.id, plain(member.name || member.email)]));
    people.set(user().user_id, plain(user().user));
    return h(
        'section.card.entering',
        h('h2', 'Make a key'),
        form(
            'Make a key',
            [
                h(
                    'div.fields',
                    name(''),
                    may('administrator') && field('Whose', select('user_id', [...people], user().user_id)),
                    ends(null),
                ),
                scopes([]),
                recording(null, recordings),
            ],
            {
                action: 'Make it',
                cancel: close,
                submit: async typed => {
                    const wanted = {name: typed.get('name').trim()};
                    if (typed.has('scopes')) wanted.scopes = typed.getAll('scopes');
                    if (endOf(typed)) wanted.expires_at = endOf(typed);
                    if (recordingOf(typed, RECORDING)) wanted.recording = recordingOf(typed, RECORDING);
                    const whose = typed.get('user_id');
                    if (whose && whose !== user().user_id) wanted.user_id = whose;
                    const fresh = await send('POST', '/v2/keys', wanted);
                    close();
                    show(fresh.key, `The new key “${wanted.name}”`);
                },
            },
        ),
    );
}

export const changeForm = (key, recordings, close, again) =>
    h(
        'section.card.entering',
        h('h2', 'Change ', plain(key.name), ' ', h('span.mono.quiet', plain(key.hint))),
        form(
            'Change a key',
            [
                h('div.fields', name(key.name), ends(key.expires_at)),
                scopes(key.scopes),
                recording(key.recording, recordings),
            ],
            {
                action: 'Save',
                cancel: close,
                submit: async typed => {
                    const wanted = {name: typed.get('name').trim(), scopes: typed.getAll('scopes')};
                    // The field has minutes; an end that nobody touched stays to the second.
                    if (typed.get('expires_at') !== localTime(key.expires_at)) wanted.expires_at = endOf(typed);
                    const {name: into, mode} = recordingOf(typed, RECORDING) ?? {};
                    if (into !== key.recording?.name || mode !== key.recording?.mode)
                        wanted.recording = mode ? {name: into, mode} : null;
                    await send('PATCH', `/v2/keys/${encodeURIComponent(key.id)}`, wanted);
                    await again();
                },
            },
        ),
    );
