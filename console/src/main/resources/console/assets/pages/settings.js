// SPDX-License-Identifier: Apache-2.0

import {get} from '../api.js';
import {h, replace} from '../dom.js';
import {plain} from '../format.js';
import {facts, idText, snippet} from '../parts.js';

export async function settingsPage({root, title, signal}) {
    const me = await get('/v2/auth/me', {signal});
    title('Settings');
    replace(
        root,
        h('header.page-head', h('div', h('h1', 'Settings'))),
        h(
            'section.card',
            facts([
                ['Team', [me.team && `${plain(me.team)} `, idText(me.team_id)]],
                ['User', [me.user && `${plain(me.user)} `, idText(me.user_id)]],
                ['API', h('a', {href: '/docs', target: '_blank'}, 'Every endpoint, described')],
            ]),
        ),
        h('section.block', h('h2', 'Variables for the client'), snippet('eval "$(./assay env)"')),
        h('section.block', h('h2', 'Another API key'), snippet('./assay key')),
    );
}
