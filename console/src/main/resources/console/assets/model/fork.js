// SPDX-License-Identifier: Apache-2.0
// Forks: what a model is one of, and making one.

import {getIfThere, send} from '../api.js';
import {h} from '../dom.js';
import {field, form, input, opened} from '../form.js';
import {plain, shortId} from '../format.js';
import {may} from '../session.js';
import {nameOf} from './tree.js';

/** Null where it may not be forked, or not by this person. */
export function forking(model, go) {
    if (!model.can_be_forked || !may('member')) return null;
    return opened('Fork', close =>
        h(
            'section.card.entering',
            h('h2', `Fork ${plain(model.name || model.model_name)}`),
            h('p.quiet', 'The fork begins with what this model serves now, and learns by itself. This one stays as it is.'),
            form(
                'Fork',
                h('div.fields', field('Name', input('name', '', {required: true, maxlength: 200}))),
                {
                    action: 'Fork it',
                    cancel: close,
                    submit: async typed => {
                        const fork = await send('POST', '/v2/models/fork', {source_model_id: model.id, name: typed.get('name').trim()});
                        await go(`/models/${fork.id}`);
                    },
                },
            ),
        ),
    );
}

/** What a model is a fork of, and at which of its checkpoints; null for one that is none. */
export async function originOf(model, signal) {
    const {forked_from: from, forked_at: at} = model;
    if (!from) return null;
    const [source, checkpoints] = await Promise.all([
        getIfThere(`/v2/models/${from}`, {signal}),
        at ? getIfThere(`/v2/models/${from}/checkpoints`, {signal}) : null,
    ]);
    const checkpoint = checkpoints?.find(one => one.id === at);
    const name = source ? plain(source.name || source.model_name) : `model ${shortId(from)}`;
    return [
        source ? h('a', {href: `/models/${from}`}, name) : name,
        ' at ',
        at
            ? h('a', {href: `/models/${from}?checkpoint=${encodeURIComponent(at)}`}, plain(checkpoint ? nameOf(checkpoint) : shortId(at)))
            : 'its first weights',
    ];
}
