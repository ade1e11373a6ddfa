// SPDX-License-Identifier: Apache-2.0
// The team's API keys. A new one is shown once, and stands nowhere after that.

import {send} from '../api.js';
import {h, replace} from '../dom.js';
import {attempt, opened, twoClicks} from '../form.js';
import {day, fullTime, plain, time} from '../format.js';
import {ageText, cell, snippet, table} from '../parts.js';
import {told} from '../recording/choice.js';
import {may, mayChangeOwn, user} from '../session.js';
import {changeForm, newForm, SCOPES} from './key-form.js';

/**
 * @param members who may get a key, where that is known
 * @param recordings names of those that there are
 */
export function keyBlock(items, {members, recordings, again}) {
    const made = h('div', {'aria-live': 'polite'});
    const show = (key, what) => {
        replace(made, shownOnce(key, what, again));
        made.scrollIntoView({block: 'nearest'});
        made.querySelector('button')?.focus({preventScroll: true});
    };
    const changing = h('div');
    const change = key => {
        const close = () => replace(changing);
        replace(changing, changeForm(key, recordings, close, again));
        changing.scrollIntoView({block: 'nearest'});
        changing.querySelector('input').focus({preventScroll: true});
    };
    const making = may('member') ? opened('Make a key', close => newForm(members, recordings, close, show)) : null;
    return h(
        'section.block',
        h('div.block-head', h('h2', 'API keys'), making && h('span.end', making.button)),
        made,
        making?.place,
        changing,
        !items.length && h('p.quiet', 'None: nobody of this team can call anything.'),
        items.length > 0 &&
            table(
                'API keys',
                [
                    'Key',
                    'Whose',
                    'May',
                    {text: 'Last used', class: 'num'},
                    {text: 'Ends', class: 'num'},
                    {text: 'Made', class: 'num'},
                    {text: '', class: 'num'},
                ],
                h(
                    'tbody',
                    items.map(key => row(key, {again, show, change})),
                ),
            ),
    );
}

function row(key, {again, show, change}) {
    const isMine = key.user_id === user().user_id;
    const mayChange = (isMine && mayChangeOwn()) || may('administrator');
    const name = plain(key.name || key.user);
    return h(
        'tr',
        cell(
            'Key',
            [
                h('strong.name', name),
                h('span.sub.mono', plain(key.hint)),
                key.replaced_by && h('span.sub.is-warn', 'replaced by a newer one'),
                key.recording && recordingText(key.recording),
            ],
            {class: 'main'},
        ),
        cell('Whose', [plain(key.user), isMine && [' ', h('span.badge', 'you')], h('span.sub', plain(key.role))]),
        cell('May', scopesText(key)),
        cell('Last used', key.last_used_at ? ageText(key.last_used_at) : h('span.quiet', 'never'), {class: 'num'}),
        cell('Ends', endText(key), {class: 'num'}),
        cell('Made', ageText(key.created_at), {class: 'num'}),
        cell(
            '',
            mayChange
                ? h(
                      'span.actions',
                      key.scopes &&
                          !key.replaced_by &&
                          h(
                              'button.quiet',
                              {
                                  type: 'button',
                                  'aria-label': `Change the key ${plain(key.hint)} of ${plain(key.user)}`,
                                  onclick: () => change(key),
                              },
                              'Change',
                          ),
                      may('member') && key.scopes && !key.replaced_by && rotation(key, name, show),
                      twoClicks({
                          text: 'Revoke',
                          sure: 'Revoke for good',
                          label: `Revoke the key ${plain(key.hint)} of ${plain(key.user)}`,
                          act: () => send('DELETE', `/v2/keys/${encodeURIComponent(key.id)}`),
                          after: again,
                      }),
                  )
                : null,
            {class: 'num'},
        ),
    );
}

const scopesText = key =>
    !key.scopes || !key.scopes.length
        ? h('span', 'all that the role may')
        : h(
              'span.chips',
              key.scopes.map(scope => h('span.badge', {title: SCOPES[scope]}, plain(scope))),
          );

const recordingText = recording =>
    h('span.sub', `its calls are ${told(recording)} `, h('span.mono', plain(recording.name)));

function endText(key) {
    const end = time(key.expires_at);
    if (end === null) return h('span.quiet', 'never');
    const left = end - Date.now();
    return h(
        'time',
        {datetime: new Date(end).toISOString(), class: left < 7 * 86400_000 && 'is-warn', title: fullTime(end)},
        left < 0 ? 'over' : day(end),
    );
}

/** A new key in the place of the old one, which opens for a day more what it opened. */
function rotation(key, name, show) {
    return h(
        'button.quiet',
        {
            type: 'button',
            'aria-label': `Rotate the key ${plain(key.hint)} of ${plain(key.user)}`,
            title: 'Makes a new key that may the same; the old one ends after a day',
            onclick: event =>
                attempt(
                    async () => {
                        event.target.disabled = true;
                        const fresh = await send('POST', `/v2/keys/${encodeURIComponent(key.id)}/rotate`, {
                            grace_seconds: 86_400,
                        });
                        show(
                            fresh.key,
                            `The key that takes the place of “${name}”. The old one opens what it opened for a day more.`,
                        );
                    },
                    {otherwise: () => (event.target.disabled = false)},
                ),
        },
        'Rotate',
    );
}

function shownOnce(key, what, again) {
    return h(
        'section.once',
        {'aria-label': 'A new key'},
        h('strong', what),
        h('p', 'Copy it now: it is shown this once, and cannot be read again by anybody.'),
        snippet(key),
        h('div', h('button.button', {type: 'button', onclick: again}, 'I have it')),
    );
}
