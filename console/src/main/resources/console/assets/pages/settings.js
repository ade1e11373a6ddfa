// SPDX-License-Identifier: Apache-2.0

import {h, replace} from '../dom.js';
import {plain} from '../format.js';
import {facts, idText, snippet} from '../parts.js';
import {ROLES} from '../people/members.js';
import {user} from '../session.js';

export async function settingsPage({root, title}) {
    const me = user();
    title('Settings');
    replace(
        root,
        h('header.page-head', h('div', h('h1', 'Settings'))),
        h(
            'section.card',
            facts([
                ['Team', [me.team && `${plain(me.team)} `, idText(me.team_id)]],
                ['User', [me.user && `${plain(me.user)} `, idText(me.user_id)]],
                ['Role', ROLES[me.role] ? `${me.role}: ${ROLES[me.role]}` : plain(me.role)],
                ['Keys', h('a', {href: '/people'}, 'People and keys of the team')],
                ['API', h('a', {href: '/docs', target: '_blank'}, 'Every endpoint, described')],
            ]),
        ),
        h('section.block', h('h2', 'Variables for the client'), snippet('eval "$(./assay env)"')),
        h(
            'section.block',
            h('h2', 'A key from the command line'),
            snippet('./assay key <whose> <viewer, member or administrator>'),
        ),
    );
}
