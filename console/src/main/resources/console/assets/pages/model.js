// SPDX-License-Identifier: Apache-2.0

import {ApiError, getAll, getIfThere, pageOf} from '../api.js';
import {h, replace} from '../dom.js';
import {fullTime, plain} from '../format.js';
import {live} from '../live.js';
import {crumbs, facts, idText, scriptedBadge, snippet} from '../parts.js';
import {may, mayCallModels} from '../session.js';
import {callsBlock} from '../model/calls.js';
import {forking, originOf} from '../model/fork.js';
import {learningBlock} from '../model/learning.js';
import {priceBlock} from '../model/prices.js';
import {routeBlock} from '../model/route.js';
import {upstreamsOf} from '../upstream/targets.js';
import {scripted} from './models.js';

export async function modelPage({root, title, query, signal, id, go, again}) {
    const known = await getIfThere(`/v2/models/${encodeURIComponent(id)}`, {signal});
    const model =
        known ??
        (await getAll('/v2/models', {size: 100, signal})).items.find(one => one.id === id || one.model_name === id);
    if (!model) throw new ApiError(404, 'Unknown model');
    const models = model.is_trainable ? (await getAll('/v2/models', {size: 100, signal})).items : [];
    const learning = model.is_trainable ? learningBlock(model, models, query, signal) : null;
    const fork = forking(model, go);
    const [wait, origin, upstreams, targets, prices, lastHour] = await Promise.all([
        learning?.refresh(),
        originOf(model, signal),
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
                fork?.button,
                mayCallModels() &&
                    h('a.button', {href: `/playground?model=${encodeURIComponent(model.model_name)}`}, 'Try it'),
            ),
        ),
        fork?.place,
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
                    ['Fork of', origin],
                    ['Trainable', model.is_trainable === undefined ? null : model.is_trainable ? 'yes' : 'no'],
                    ['Since', fullTime(model.released_at ?? model.created_at)],
                    ['Deprecated', fullTime(model.deprecated_at)],
                ]),
            ),
        ),
        learning?.element,
        // what a trainer has the weights of is served by it, and by nobody else
        !model.can_be_forked && routeBlock(model.model_name, served, pageOf(upstreams).items, again),
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
    );
    if (!learning) return;
    root.classList.remove('loading');
    // Drawn again for another reason, whoever scrolled away stays there.
    if ((query.get('tab') === 'checkpoints' || query.get('checkpoint')) && scrollY === 0) learning.seek();
    await live(learning.refresh, signal, wait);
}
