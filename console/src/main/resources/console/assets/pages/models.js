// SPDX-License-Identifier: Apache-2.0

import {getAll} from '../api.js';
import {h, replace} from '../dom.js';
import {plain, plural} from '../format.js';
import {ageText, cell, emptyState, isScripted, scriptedBadge, table} from '../parts.js';

export async function modelsPage({root, title, signal}) {
    title('Models');
    const {items, total} = await getAll('/v2/models', {size: 100, signal});
    replace(
        root,
        h('header.page-head', h('div', h('h1', 'Models'), h('p.count', total > 0 && plural(total, 'model')))),
        items.length
            ? table(
                  'Models',
                  ['Model', 'Name for the gateway', 'Provider', 'Agent', {text: 'Since', class: 'num'}],
                  h('tbody', items.map(row)),
              )
            : emptyState(
                  'No models yet',
                  h(
                      'p',
                      'The catalog lists the models that agents can ask through this platform: those of the providers it is configured with, ',
                      'and scripted ones, which play a script file and need no account.',
                  ),
              ),
    );
}

export const scripted = model => isScripted(model.model_name, model.provider?.name);

function row(model) {
    return h(
        'tr',
        {class: 'linked'},
        cell(
            'Model',
            [
                h('a.row-link', {href: `/models/${model.id}`}, plain(model.name || model.model_name)),
                scripted(model) && [' ', scriptedBadge()],
                model.deprecated_at && [' ', h('span.badge', 'deprecated')],
            ],
            {class: 'main'},
        ),
        cell('Name for the gateway', h('span.mono', plain(model.model_name))),
        cell('Provider', plain(model.provider?.name ?? '–')),
        cell('Agent', h('span.mono', plain(model.sdk_agent_type ?? '–'))),
        cell('Since', ageText(model.released_at ?? model.created_at), {class: 'num'}),
    );
}
