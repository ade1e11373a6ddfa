// SPDX-License-Identifier: Apache-2.0

import {get, getIfThere, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {plain} from '../format.js';
import {keyBlock} from '../people/keys.js';
import {memberBlock} from '../people/members.js';
import {user} from '../session.js';

export async function peoplePage({root, title, signal, again}) {
    const [members, keys, ways, recordings] = await Promise.all([
        getIfThere('/v2/team/members', {signal}),
        get('/v2/keys', {signal}),
        getIfThere('/v2/auth/ways', {signal}),
        getIfThere('/v2/recordings', {signal}),
    ]);
    const people = pageOf(members).items;
    title('People and keys');
    replace(
        root,
        h('header.page-head', h('div', h('h1', 'People and keys'), h('p.count', plain(user().team)))),
        members && memberBlock(people, Boolean(ways?.oidc), again),
        keyBlock(pageOf(keys).items, {
            members: people,
            recordings: pageOf(recordings).items.map(one => one.name),
            again,
        }),
    );
}
