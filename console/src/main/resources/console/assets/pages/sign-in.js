// SPDX-License-Identifier: Apache-2.0

import {ApiError, getIfThere} from '../api.js';
import {h, replace} from '../dom.js';
import {plain} from '../format.js';
import {snippet} from '../parts.js';
import {signIn} from '../session.js';
import {drawTop} from '../shell.js';

export function signInPage({root, title, again, signal}, reason = null) {
    title('Sign in');
    drawTop();
    root.classList.remove('loading');
    const other = h('div.other-ways');
    const message = h('p.form-message', {role: 'alert'}, reason);
    const field = h('input', {
        id: 'key',
        type: 'password',
        name: 'key',
        autocomplete: 'current-password',
        spellcheck: 'false',
        required: true,
        placeholder: 'ask_…',
        'aria-describedby': 'key-help',
    });
    const button = h('button.button', {type: 'submit'}, 'Sign in');
    const form = h(
        'form',
        {
            onsubmit: async event => {
                event.preventDefault();
                const typed = field.value.trim();
                if (!typed) return;
                button.disabled = true;
                replace(message);
                try {
                    await signIn(typed);
                    await again();
                } catch (failure) {
                    if (!(failure instanceof ApiError)) throw failure;
                    replace(message, failure.message);
                    button.disabled = false;
                    field.select();
                }
            },
        },
        h('label', {for: 'key'}, 'API key'),
        h('div.row', field, button),
        message,
    );
    replace(
        root,
        h(
            'section.sign-in',
            h('h1', 'Sign in'),
            h(
                'p',
                'The console shows what the API gives to you. No key is kept here: this browser gets a cookie in its place.',
            ),
            other,
            form,
            h(
                'div.help',
                {id: 'key-help'},
                h('h2', 'No key yet?'),
                h('p', 'In the folder of the platform, this prints a new one:'),
                snippet('./assay key'),
            ),
        ),
    );
    field.focus();
    offerOtherWays(other, signal);
}

/** Beside the key, where the platform knows other ways. The page does not wait for the answer, and is whole without it. */
async function offerOtherWays(place, signal) {
    const ways = await getIfThere('/v2/auth/ways', {signal}).catch(() => null);
    if (!ways?.oidc || signal.aborted) return;
    const to = location.pathname + location.search;
    replace(
        place,
        h(
            'a.button',
            {href: `${ways.oidc.path}?to=${encodeURIComponent(to)}`},
            `Sign in with ${plain(ways.oidc.name)}`,
        ),
        h('p.or', h('span', 'or with a key')),
    );
}
