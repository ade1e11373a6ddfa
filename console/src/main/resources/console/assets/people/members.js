// SPDX-License-Identifier: Apache-2.0
// Who is in the team, and who is invited to it.

import {send} from '../api.js';
import {h} from '../dom.js';
import {attempt, field, form, input, opened, select, twoClicks} from '../form.js';
import {amount, plain} from '../format.js';
import {ageText, cell, table} from '../parts.js';
import {may, user} from '../session.js';

export const ROLES = {
    viewer: 'may look at everything of the team',
    member: 'may also deploy, run, upload and call models',
    administrator: 'may also change models, upstreams, budgets and people',
};

const roleOptions = Object.keys(ROLES);

/** @param canSignIn whether there is a provider that people can sign in with */
export function memberBlock(items, canSignIn, again) {
    const mayChange = may('administrator');
    const inviting = mayChange ? opened('Invite somebody', close => invitation(close, again, canSignIn)) : null;
    return h(
        'section.block',
        h('div.block-head', h('h2', 'Members'), inviting && h('span.end', inviting.button)),
        inviting?.place,
        table(
            'Members',
            [
                'Who',
                'Role',
                {text: 'Keys', class: 'num'},
                {text: 'Last sign-in', class: 'num'},
                {text: 'Since', class: 'num'},
                {text: '', class: 'num'},
            ],
            h(
                'tbody',
                items.map(member => row(member, mayChange, again)),
            ),
        ),
    );
}

function row(member, mayChange, again) {
    const isMe = member.id === user().user_id;
    const name = plain(member.name || member.email || 'nameless');
    return h(
        'tr',
        cell(
            'Who',
            [
                h('strong.name', name),
                isMe && [' ', h('span.badge', 'you')],
                member.invited && [' ', h('span.badge.is-warn', {title: 'Has not signed in yet'}, 'invited')],
                member.email && member.email !== name && h('span.sub', plain(member.email)),
            ],
            {class: 'main'},
        ),
        cell(
            'Role',
            mayChange && !isMe
                ? roleChoice(member, name, again)
                : h('span', {title: ROLES[member.role]}, plain(member.role)),
        ),
        cell('Keys', amount(member.keys ?? 0), {class: 'num'}),
        cell('Last sign-in', ageText(member.last_sign_in), {class: 'num'}),
        cell('Since', ageText(member.created_at), {class: 'num'}),
        cell(
            '',
            mayChange && !isMe
                ? twoClicks({
                      text: 'Remove',
                      sure: 'Remove, and end all keys',
                      label: `Remove ${name} from the team`,
                      act: () => send('DELETE', `/v2/team/members/${encodeURIComponent(member.id)}`),
                      after: again,
                  })
                : null,
            {class: 'num'},
        ),
    );
}

function roleChoice(member, name, again) {
    const choice = select('role', roleOptions, member.role, {
        'aria-label': `Role of ${name}`,
        onchange: async () => {
            choice.disabled = true;
            const undo = () => {
                choice.value = member.role;
                choice.disabled = false;
            };
            await attempt(
                async () => {
                    await send('PATCH', `/v2/team/members/${encodeURIComponent(member.id)}`, {role: choice.value});
                    await again();
                },
                {after: again, otherwise: undo},
            );
        },
    });
    return h('span.inline-field', choice);
}

const invitation = (close, again, canSignIn) =>
    h(
        'section.card.entering',
        h('h2', 'Invite somebody'),
        h(
            'p.quiet',
            canSignIn
                ? 'Whoever signs in with this address is in the team from then on. No mail is sent: tell them where to sign in.'
                : 'No provider is set up here that people could sign in with. Until there is one, make a key for them below.',
        ),
        form(
            'Invite somebody',
            h(
                'div.fields',
                field('Address', input('email', '', {type: 'email', required: true, autocomplete: 'off'})),
                field('Name', input('name', ''), {hint: 'May stay empty.'}),
                field(
                    'Role',
                    select(
                        'role',
                        roleOptions.map(role => [role, `${role}: ${ROLES[role]}`]),
                        'member',
                    ),
                ),
            ),
            {
                action: 'Invite',
                cancel: close,
                submit: async typed => {
                    const wanted = {email: typed.get('email').trim(), role: typed.get('role')};
                    if (typed.get('name').trim()) wanted.name = typed.get('name').trim();
                    await send('POST', '/v2/team/members', wanted);
                    await again();
                },
            },
        ),
    );
