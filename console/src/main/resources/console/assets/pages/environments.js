// SPDX-License-Identifier: Apache-2.0

import {get, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {isNumber, plain, plural} from '../format.js';
import {ageText, cell, emptyState, pager, snippet, table} from '../parts.js';
import {builtPill} from './environment.js';

const LIMIT = 100;

export async function environmentsPage({root, title, query, signal}) {
    title('Environments');
    const offset = Math.max(0, Number.parseInt(query.get('offset') ?? '0', 10) || 0);
    const {items, total} = pageOf(await get('/v2/registry', {query: {limit: LIMIT, offset, sort_by: 'date'}, signal}));
    replace(
        root,
        h(
            'header.page-head',
            h('div', h('h1', 'Environments'), h('p.count', total > 0 && plural(total, 'environment'))),
        ),
        items.length
            ? [
                  table(
                      'Environments',
                      ['Environment', {text: 'Version', class: 'num'}, 'Build', {text: 'Changed', class: 'num'}],
                      h('tbody', items.map(row)),
                  ),
                  pager({offset, limit: LIMIT, total, address: to => `/environments?offset=${to}`}),
              ]
            : emptyState(
                  'No environments yet',
                  h(
                      'p',
                      'An environment is the place that an agent works in, with the tasks it sets and the grades it gives. The example brings one:',
                  ),
                  snippet('./assay demo'),
                  h('p', 'Your own is deployed from its folder:'),
                  snippet('eval "$(./assay env)"\nhud deploy --yes --no-env'),
              ),
    );
}

function row(environment) {
    return h(
        'tr',
        {class: 'linked'},
        cell('Environment', h('a.row-link', {href: `/environments/${environment.id}`}, plain(environment.name)), {
            class: 'main',
        }),
        cell('Version', isNumber(environment.latest_version) ? environment.latest_version : h('span.none', '–'), {
            class: 'num',
        }),
        cell('Build', builtPill(isNumber(environment.latest_version))),
        cell('Changed', ageText(environment.updated_at ?? environment.created_at), {class: 'num'}),
    );
}
