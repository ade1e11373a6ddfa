// SPDX-License-Identifier: Apache-2.0
// What workers on other machines come with. A new one is shown once, and stands nowhere after that.

import {send} from '../api.js';
import {h, replace} from '../dom.js';
import {field, form, input, opened, twoClicks} from '../form.js';
import {plain} from '../format.js';
import {ageText, cell, snippet, table} from '../parts.js';

export function credentialBlock(items, again) {
    const made = h('div', {'aria-live': 'polite'});
    const making = opened('Make a credential', close => newForm(close, credential => replace(made, shownOnce(credential, again))));
    return h(
        'section.block',
        h('div.block-head', h('h2', 'Credentials'), h('span.end', making.button)),
        made,
        making.place,
        items.length
            ? table(
                  'Credentials of workers',
                  ['Worker', {text: 'Last used', class: 'num'}, {text: 'Made', class: 'num'}, {text: '', class: 'num'}],
                  h(
                      'tbody',
                      items.map(one => row(one, again)),
                  ),
              )
            : h('p.quiet', 'None: all workers sign with keys that they were given with the installation.'),
    );
}

const row = (one, again) =>
    h(
        'tr',
        cell('Worker', h('strong.name', plain(one.name)), {class: 'main'}),
        cell('Last used', one.used_at ? ageText(one.used_at) : h('span.quiet', 'never'), {class: 'num'}),
        cell('Made', ageText(one.created_at), {class: 'num'}),
        cell(
            '',
            twoClicks({
                text: 'Revoke',
                sure: 'Revoke for good',
                label: `Revoke the credential of ${plain(one.name)}`,
                act: () => send('DELETE', `/v2/workers/credentials/${encodeURIComponent(one.id)}`),
                after: again,
            }),
            {class: 'num'},
        ),
    );

const newForm = (close, show) =>
    h(
        'section.card.entering',
        h('h2', 'Make a credential'),
        form(
            'Make a credential',
            h(
                'div.fields',
                field('Name', input('name', '', {required: true, maxlength: 63, pattern: '[a-z0-9][a-z0-9.\\-]*'}), {
                    hint: 'What the worker is to be called: lower-case letters, digits, dots and dashes.',
                }),
            ),
            {
                action: 'Make it',
                cancel: close,
                submit: async typed => {
                    const fresh = await send('POST', '/v2/workers/credentials', {name: typed.get('name').trim()});
                    close();
                    show(fresh);
                },
            },
        ),
    );

const shownOnce = (fresh, again) =>
    h(
        'section.once',
        {'aria-label': 'A new credential'},
        h('strong', `The credential of “${plain(fresh.name)}”`),
        h('p', 'Copy it now: it is shown this once. The worker gets it as ASSAY_WORKER_CREDENTIAL, and the address of job-service as ASSAY_JOB_URL.'),
        snippet(fresh.credential),
        h('div', h('button.button', {type: 'button', onclick: again}, 'I have it')),
    );
