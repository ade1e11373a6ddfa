// SPDX-License-Identifier: Apache-2.0

import {getAll, getIfThere, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {plain, plural} from '../format.js';
import {ageText, cell, emptyState, isScripted, scriptedBadge, table} from '../parts.js';
import {upstreamsOf} from '../upstream/targets.js';
import {healthDot, latency} from '../upstream/health.js';

export async function modelsPage({root, title, signal}) {
    title('Models');
    const [{items, total}, upstreams, targets] = await Promise.all([
        getAll('/v2/models', {size: 100, signal}),
        getIfThere('/v2/upstreams', {signal}),
        getIfThere('/v2/targets', {signal}),
    ]);
    const routes = {upstreams: pageOf(upstreams).items, targets: pageOf(targets).items};
    replace(
        root,
        h('header.page-head', h('div', h('h1', 'Models'), h('p.count', total > 0 && plural(total, 'model')))),
        items.length
            ? table(
                  'Models',
                  [
                      'Model',
                      'Name for the gateway',
                      'Upstream',
                      {text: 'p50', class: 'num'},
                      'Agent',
                      'Trainable',
                      {text: 'Since', class: 'num'},
                  ],
                  h(
                      'tbody',
                      items.map(model => row(model, upstreamsOf(model, routes))),
                  ),
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

function row(model, served) {
    const [first, ...others] = served;
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
        cell('Upstream', [
            h('span', plain(first.name ?? '–')),
            others.length > 0 && h('span.quiet', ` and ${plural(others.length, 'other')}`),
            first.upstream && h('span.sub', healthDot(first.upstream)),
        ]),
        cell('p50', latency(first.upstream?.health?.p50_ms), {class: 'num'}),
        cell('Agent', h('span.mono', plain(model.sdk_agent_type ?? '–'))),
        cell('Trainable', model.is_trainable ? 'yes' : h('span.none', '–')),
        cell('Since', ageText(model.released_at ?? model.created_at), {class: 'num'}),
    );
}
