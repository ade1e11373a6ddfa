// SPDX-License-Identifier: Apache-2.0
// Pages for what went wrong: nothing there, nobody answers, or a fault of ours.

import {h, replace} from '../dom.js';
import {plain} from '../format.js';

export function missingPage({root, title, id}) {
    title('Not found');
    replace(
        root,
        h(
            'section.trouble',
            h('p.code', '404'),
            h('h1', 'Nothing is here'),
            h(
                'p',
                id || location.pathname.split('/').length > 2
                    ? 'No such thing is known to your team. It may belong to another team, or the address may be cut off.'
                    : 'The console has no page at this address.',
            ),
            h('p', h('a.button', {href: '/jobs'}, 'All jobs')),
        ),
    );
}

export function forbiddenPage({root, title}, reason) {
    title('Not allowed');
    replace(
        root,
        h(
            'section.trouble',
            h('p.code', '403'),
            h('h1', 'Not yours to see or do'),
            h('p', plain(reason)),
            h('p', h('a.button', {href: '/jobs'}, 'All jobs')),
        ),
    );
}

export function awayPage({root, title, signal, again}) {
    title('No answer');
    const delay = 5;
    const text = h('p', `The page asks again every ${delay} seconds. Nothing that was recorded is lost.`);
    replace(
        root,
        h(
            'section.trouble',
            h('h1', 'The platform does not answer'),
            text,
            h(
                'p',
                'Is it running? In the folder of the platform, ',
                h('code', './assay status'),
                ' tells, and ',
                h('code', './assay up'),
                ' starts it.',
            ),
            h('p', h('button.button', {type: 'button', onclick: again}, 'Ask now')),
        ),
    );
    const timer = setTimeout(again, delay * 1000);
    signal.addEventListener('abort', () => clearTimeout(timer));
}

export function brokenPage({root, title}) {
    title('Fault');
    replace(
        root,
        h(
            'section.trouble',
            h('h1', 'The console made a mistake'),
            h('p', 'This page could not be drawn. The data are not affected: they can be read through the API.'),
            h('p', h('button.button', {type: 'button', onclick: () => location.reload()}, 'Load it again')),
        ),
    );
}
