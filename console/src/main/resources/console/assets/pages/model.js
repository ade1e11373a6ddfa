// SPDX-License-Identifier: Apache-2.0

import {ApiError, getAll, getIfThere, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {fullTime, plain, reward, isNumber, amount} from '../format.js';
import {ageText, cell, crumbs, facts, idText, scriptedBadge, snippet, table} from '../parts.js';
import {may, mayCallModels} from '../session.js';
import {callsBlock} from '../model/calls.js';
import {priceBlock} from '../model/prices.js';
import {routeBlock} from '../model/route.js';
import {upstreamsOf} from '../upstream/targets.js';
import {scripted} from './models.js';

export async function modelPage({root, title, signal, id, again}) {
    const known = await getIfThere(`/v2/models/${encodeURIComponent(id)}`, {signal});
    const model =
        known ??
        (await getAll('/v2/models', {size: 100, signal})).items.find(one => one.id === id || one.model_name === id);
    if (!model) throw new ApiError(404, 'Unknown model');
    const [checkpoints, upstreams, targets, prices, lastHour] = await Promise.all([
        model.is_trainable ? getIfThere(`/v2/models/${model.id}/checkpoints`, {signal}) : null,
        getIfThere('/v2/upstreams', {signal}),
        getIfThere('/v2/targets', {signal}),
        getIfThere('/v2/prices', {signal}),
        callsBlock(model.model_name, signal),
    ]);
    const served = upstreamsOf(model, {upstreams: pageOf(upstreams).items, targets: pageOf(targets).items});
    const name = plain(model.name || model.model_name);
    title(name);
    replace(
        root,
        crumbs(['Models', '/models'], [name]),
        h(
            'header.page-head',
            h(
                'div',
                h('h1', name),
                h('div.under', scripted(model) && scriptedBadge(), h('span.mono', plain(model.model_name))),
            ),
            h(
                'div.head-end',
                idText(model.id),
                mayCallModels() &&
                    h('a.button', {href: `/playground?model=${encodeURIComponent(model.model_name)}`}, 'Try it'),
            ),
        ),
        scripted(model) &&
            h(
                'p.lead',
                'This is not a model: a script file plays it. It is there so that environments can be tried and tested without an account.',
            ),
        h(
            'section.block',
            h(
                'div.card',
                facts([
                    ['Provider', plain(model.provider?.name)],
                    ['Agent', model.sdk_agent_type && h('span.mono', plain(model.sdk_agent_type))],
                    ['Trainable', model.is_trainable === undefined ? null : model.is_trainable ? 'yes' : 'no'],
                    ['Since', fullTime(model.released_at ?? model.created_at)],
                    ['Deprecated', fullTime(model.deprecated_at)],
                ]),
            ),
        ),
        routeBlock(model.model_name, served, pageOf(upstreams).items, again),
        priceBlock(model.model_name, served, prices, again),
        lastHour,
        may('member') &&
            h(
                'section.block',
                h('h2', 'Evaluate with it'),
                snippet(
                    `eval "$(./assay env)"\nhud eval <taskset> ${plain(model.sdk_agent_type ?? 'openai_compatible')} --model ${plain(model.model_name)} --runtime hosted --all --group 3 --yes`,
                ),
            ),
        Array.isArray(checkpoints) &&
            checkpoints.length > 0 &&
            h(
                'section.block',
                h('h2', 'Checkpoints'),
                table(
                    'Checkpoints',
                    [
                        'Checkpoint',
                        'Loss',
                        {text: 'Mean reward', class: 'num'},
                        {text: 'Runs', class: 'num'},
                        {text: 'Made', class: 'num'},
                    ],
                    h('tbody', checkpoints.map(checkpointRow)),
                ),
            ),
    );
}

const checkpointRow = checkpoint =>
    h(
        'tr',
        cell(
            'Checkpoint',
            [
                h('span.mono', plain(checkpoint.name ?? checkpoint.checkpoint_name ?? checkpoint.id)),
                checkpoint.is_active && [' ', h('span.badge', 'head')],
            ],
            {class: 'main'},
        ),
        cell('Loss', plain(checkpoint.loss_fn ?? '–')),
        cell('Mean reward', isNumber(checkpoint.mean_reward) ? reward(checkpoint.mean_reward) : h('span.none', '–'), {
            class: 'num',
        }),
        cell('Runs', isNumber(checkpoint.num_traces) ? amount(checkpoint.num_traces) : h('span.none', '–'), {
            class: 'num',
        }),
        cell('Made', ageText(checkpoint.created_at), {class: 'num'}),
    );
