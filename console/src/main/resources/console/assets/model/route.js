// SPDX-License-Identifier: Apache-2.0
// The upstreams of a model, and the team's own choice of them.

import {send} from '../api.js';
import {h, replace} from '../dom.js';
import {field, form, input, opened, twoClicks} from '../form.js';
import {amount, isNumber, plain} from '../format.js';
import {cell, table} from '../parts.js';
import {may} from '../session.js';
import {healthCells, healthHeads} from '../upstream/health.js';

/**
 * Those first that are asked first.
 *
 * @param upstreams all that there are to choose from
 */
export function routeBlock(model, served, upstreams, again) {
    const mayChange = may('administrator');
    const isCatalogs = !served.some(one => one.id);
    const adding = mayChange
        ? opened('Add a target', close => targetForm(model, null, upstreams, {isCatalogs, close, again}))
        : null;
    const changing = h('div');
    const change = target => {
        const close = () => replace(changing);
        replace(changing, targetForm(model, target, upstreams, {isCatalogs, close, again}));
        changing.scrollIntoView({block: 'nearest'});
        changing.querySelector('input').focus({preventScroll: true});
    };
    return h(
        'section.block',
        h('div.block-head', h('h2', 'Where its calls go'), adding && h('span.end', adding.button)),
        adding?.place,
        changing,
        table(
            'Where its calls go',
            ['Upstream', ...healthHeads, {text: 'Asked', class: 'num'}, mayChange && !isCatalogs && {text: '', class: 'num'}].filter(Boolean),
            h(
                'tbody',
                served.map(target => row(target, mayChange && !isCatalogs && {model, change, again})),
            ),
        ),
    );
}

/** @param actions what may be done with it; false: nothing */
function row(target, actions) {
    const {name, as, priority, weight, upstream} = target;
    return h(
        'tr',
        cell('Upstream', [h('strong.name', plain(name ?? 'nobody')), as && h('span.sub.mono', `as ${plain(as)}`)], {
            class: 'main',
        }),
        healthCells(upstream),
        cell(
            'Asked',
            isNumber(priority) ? [`priority ${amount(priority)}`, h('span.sub', `weight ${amount(weight)}`)] : 'always',
            {class: 'num'},
        ),
        actions &&
            cell(
                '',
                h(
                    'span.actions',
                    h(
                        'button.quiet',
                        {type: 'button', 'aria-label': `Change the target ${plain(name)}`, onclick: () => actions.change(target)},
                        'Change',
                    ),
                    twoClicks({
                        text: 'Remove',
                        sure: 'Remove it',
                        label: `Remove the target ${plain(name)}`,
                        act: () => send('DELETE', `/v2/targets/${encodeURIComponent(target.id)}`),
                        after: actions.again,
                    }),
                ),
                {class: 'num'},
            ),
    );
}

/** @param target the one to change; null: one is added */
function targetForm(model, target, upstreams, {isCatalogs, close, again}) {
    const title = target ? 'Change a target' : 'Add a target';
    const whole = (name, text, value, hint) =>
        field(text, input(name, value, {type: 'number', min: 0, max: 1000, step: 1, inputmode: 'numeric', required: true}), {hint});
    return h(
        'section.card.entering',
        h('h2', title),
        isCatalogs &&
            h('p.quiet', 'From the first target on, calls go to the team’s targets alone: to go on with the upstream above, add it too.'),
        form(
            title,
            [
                h(
                    'div.fields',
                    field('Upstream', input('upstream', target?.name, {required: true, maxlength: 200, list: 'upstreams'})),
                    h(
                        'datalist',
                        {id: 'upstreams'},
                        upstreams.map(({name}) => h('option', {value: name})),
                    ),
                    field('There it is called', input('upstream_model', target?.as, {maxlength: 200}), {
                        hint: 'Left empty: as the catalog calls it.',
                    }),
                    whole('priority', 'Priority', target?.priority ?? 0, 'The lowest is asked first, the next if it does not answer.'),
                    whole('weight', 'Weight', target?.weight ?? 1, 'Among those of the same priority.'),
                ),
            ],
            {
                action: target ? 'Save' : 'Add it',
                cancel: close,
                submit: async typed => {
                    const wanted = {upstream: typed.get('upstream').trim()};
                    for (const name of ['priority', 'weight']) wanted[name] = Number(typed.get(name));
                    const as = typed.get('upstream_model').trim();
                    if (as || target) wanted.upstream_model = as;
                    if (target) await send('PATCH', `/v2/targets/${encodeURIComponent(target.id)}`, wanted);
                    else await send('POST', '/v2/targets', {model_name: model, ...wanted});
                    await again();
                },
            },
        ),
    );
}
