// SPDX-License-Identifier: Apache-2.0

import {ApiError, get, pageOf, send} from '../api.js';
import {h, replace} from '../dom.js';
import {plain} from '../format.js';
import {notice} from '../notice.js';
import {ageText, cell, facts, idText, snippet, table} from '../parts.js';
import {may, user} from '../session.js';

const ROLES = {
    viewer: 'viewer: may look at everything of the team',
    member: 'member: may also deploy, run, upload and call models',
    administrator: 'administrator: may also change the model catalog and revoke the keys of others',
};

export async function settingsPage({root, title, signal, again}) {
    const me = user();
    const {items} = pageOf(await get('/v2/keys', {signal}));
    title('Settings');
    replace(
        root,
        h('header.page-head', h('div', h('h1', 'Settings'))),
        h(
            'section.card',
            facts([
                ['Team', [me.team && `${plain(me.team)} `, idText(me.team_id)]],
                ['User', [me.user && `${plain(me.user)} `, idText(me.user_id)]],
                ['Role', ROLES[me.role] ?? plain(me.role)],
                ['API', h('a', {href: '/docs', target: '_blank'}, 'Every endpoint, described')],
            ]),
        ),
        h(
            'section.block',
            h('h2', 'API keys of the team'),
            table(
                'API keys',
                ['Whose', 'Key', 'Role', {text: 'Made', class: 'num'}, {text: '', class: 'num'}],
                h(
                    'tbody',
                    items.map(key => keyRow(key, me, again)),
                ),
            ),
        ),
        h('section.block', h('h2', 'Variables for the client'), snippet('eval "$(./assay env)"')),
        h('section.block', h('h2', 'Another API key'), snippet('./assay key <whose> <viewer, member or administrator>')),
    );
}

function keyRow(key, me, again) {
    return h(
        'tr',
        cell('Whose', [plain(key.user), key.user_id === me.user_id && [' ', h('span.badge', 'you')]], {class: 'main'}),
        cell('Key', h('span.mono', plain(key.hint))),
        cell('Role', plain(key.role)),
        cell('Made', ageText(key.created_at), {class: 'num'}),
        cell('', key.user_id === me.user_id || may('administrator') ? revocation(key, again) : null, {class: 'num'}),
    );
}

/** Two clicks: a revoked key cannot be had back. */
function revocation(key, again) {
    const place = h('span.revoke');
    const button = (text, onclick, label) => h('button.quiet', {type: 'button', onclick, 'aria-label': label}, text);
    const ask = () => replace(place, button('Revoke', confirm, `Revoke the key ${plain(key.hint)} of ${plain(key.user)}`));
    const confirm = () => {
        replace(place, button('Keep', ask), button('Revoke for good', revoke));
        place.lastChild.focus();
    };
    const revoke = async () => {
        replace(place, h('span.none', 'revoking…'));
        try {
            await send('DELETE', `/v2/keys/${encodeURIComponent(key.id)}`);
            await again();
        } catch (failure) {
            if (!(failure instanceof ApiError)) throw failure;
            if (failure.status === 401) return again();
            ask();
            notice(failure.message);
        }
    };
    ask();
    return place;
}
