// SPDX-License-Identifier: Apache-2.0
// Public links to a run: whoever has one reads it without signing in.

import {get, pageOf, send} from '../api.js';
import {h, replace} from '../dom.js';
import {attempt, opened, twoClicks} from '../form.js';
import {fullTime, plain} from '../format.js';
import {ageText, snippet} from '../parts.js';
import {may} from '../session.js';

export function drawShare(place, id) {
    if (!may('member')) return;
    const address = `/v2/trace/${encodeURIComponent(id)}/links`;
    const {button, place: below} = opened('Share', close => sharing(address, close));
    replace(place, h('p', button), below);
}

function sharing(address, close) {
    const made = h('div');
    const list = h('ul.links');
    const again = async () => {
        const links = pageOf(await get(address)).items;
        replace(list, links.map(link => lineOf(link, address, again)));
    };
    const make = async () => {
        const link = await send('POST', address, {});
        replace(made, h('p', 'Whoever has this address reads this run. It is shown this once.'), snippet(link.url));
        await again();
    };
    attempt(again);
    return h(
        'section.card.share',
        {'aria-label': 'Public links'},
        h('h2', 'Public links'),
        h('p.under', 'A link shows this run, all that its steps hold and its grade, to anybody who has it, also what comes later. Nothing else opens by it.'),
        made,
        list,
        h(
            'p.actions',
            h('button.button', {type: 'button', onclick: () => attempt(make)}, 'Make a link'),
            h('button.button.is-second', {type: 'button', onclick: close}, 'Close'),
        ),
    );
}

const lineOf = (link, address, again) =>
    h(
        'li',
        h('span.mono', plain(link.hint)),
        ' made ',
        ageText(link.created_at),
        link.expires_at && [link.expired ? ', ended ' : ', until ', fullTime(link.expires_at)],
        ' ',
        twoClicks({
            text: 'Revoke',
            sure: 'Revoke for good',
            label: `Revoke the link ${plain(link.hint)}`,
            act: () => send('DELETE', `${address}/${encodeURIComponent(link.id)}`),
            after: again,
        }),
    );
