// SPDX-License-Identifier: Apache-2.0
// Who serves models, how they have answered of late, and the team's own ones.

import {get, pageOf, send} from '../api.js';
import {h, replace} from '../dom.js';
import {attempt, opened, twoClicks} from '../form.js';
import {fullTime, plain, plural} from '../format.js';
import {live} from '../live.js';
import {ageText, cell, emptyState, table} from '../parts.js';
import {may} from '../session.js';
import {upstreamForm} from '../upstream/form.js';
import {healthCells, healthHeads} from '../upstream/health.js';

export async function upstreamsPage({root, title, query, signal, again}) {
    title('Upstreams');
    const count = h('p.count');
    const list = h('div');
    const entering = h('div');
    const enter = h('span.head-end');
    const edited = query.get('edit');
    const mayChange = may('administrator');
    let drawn = null;

    const refresh = async () => {
        const {items, total} = pageOf(await get('/v2/upstreams', {signal}));
        const signature = JSON.stringify(items);
        if (drawn === null) {
            replace(
                root,
                h('header.page-head', h('div', h('h1', 'Upstreams'), count), enter),
                h(
                    'p.lead',
                    'Who answers when a model is called. The numbers are of the last five minutes, at the replica that answers.',
                ),
                entering,
                list,
            );
            if (mayChange)
                drawEntering(
                    entering,
                    enter,
                    items.find(item => item.id && item.id === edited),
                    again,
                );
            root.classList.remove('loading');
        }
        if (drawn !== signature) {
            drawn = signature;
            replace(count, total > 0 && plural(total, 'upstream'));
            replace(list, items.length ? upstreamTable(items, {refresh, again, mayChange}) : noUpstreams());
        }
        return 10_000;
    };
    await live(refresh, signal, await refresh());
}

/** @param one the upstream to change; undefined: a new one may be entered */
function drawEntering(place, enter, one, again) {
    const leave = () => {
        history.replaceState(null, '', '/upstreams');
        again();
    };
    if (one) {
        replace(place, upstreamForm(one, {leave, saved: leave}));
        return;
    }
    const entering = opened('Enter an upstream', close => upstreamForm(null, {leave: close, saved: again}));
    replace(enter, entering.button);
    replace(place, entering.place);
}

const upstreamTable = (items, actions) =>
    table(
        'Upstreams',
        [
            'Upstream',
            ...healthHeads,
            'Last error',
            {text: '', class: 'num'},
        ],
        h(
            'tbody',
            items.map(item => row(item, actions)),
        ),
    );

function row(upstream, {refresh, again, mayChange}) {
    const name = plain(upstream.name);
    const health = upstream.health ?? {};
    return h(
        'tr',
        cell(
            'Upstream',
            [
                h('strong.name', name),
                upstream.id && [' ', h('span.badge', "the team's")],
                h(
                    'span.sub',
                    plain(
                        [upstream.preset, upstream.base_url, upstream.region].filter(Boolean).join(' · ') ||
                            'configured by the operator',
                    ),
                ),
                upstream.credential_hint &&
                    h('span.sub', 'Credential ', h('span.mono', plain(upstream.credential_hint))),
                upstream.expires_at && h('span.sub', `There until ${fullTime(upstream.expires_at)}, unless its trainer says so again`),
                upstream.list_error &&
                    upstream.list_error !== health.last_error &&
                    h('span.sub.is-error', `Its list of models cannot be read: ${plain(upstream.list_error)}`),
            ],
            {class: 'main'},
        ),
        healthCells(upstream),
        cell(
            'Last error',
            health.last_error
                ? [
                      h('span.why.is-brief', {title: plain(health.last_error)}, plain(health.last_error)),
                      health.last_error_at && h('span.sub', ageText(health.last_error_at)),
                  ]
                : h('span.none', '–'),
        ),
        cell(
            '',
            mayChange
                ? h(
                      'span.actions',
                      probe(name, upstream, refresh),
                      upstream.id && [
                          h(
                              'a.quiet-link',
                              {href: `/upstreams?edit=${upstream.id}`, 'aria-label': `Edit the upstream ${name}`},
                              'Edit',
                          ),
                          twoClicks({
                              text: 'Remove',
                              sure: 'Remove for good',
                              label: `Remove the upstream ${name}`,
                              act: () => send('DELETE', `/v2/upstreams/${encodeURIComponent(upstream.id)}`),
                              after: again,
                          }),
                      ],
                  )
                : null,
            {class: 'num'},
        ),
    );
}

function probe(name, upstream, refresh) {
    const button = h(
        'button.quiet',
        {
            type: 'button',
            'aria-label': `Probe the upstream ${name}`,
            onclick: async () => {
                button.disabled = true;
                button.textContent = 'Probing…';
                await attempt(() => send('POST', `/v2/upstreams/${encodeURIComponent(upstream.name)}/probe`));
                button.disabled = false;
                button.textContent = 'Probe';
                await attempt(refresh);
            },
        },
        'Probe',
    );
    return button;
}

const noUpstreams = () =>
    emptyState(
        'No upstreams yet',
        h('p', 'Scripted models need none. For real ones give the platform a key of a provider when it starts:'),
        h('div.snippet', h('pre', 'ASSAY_OPENAI_API_KEY=… ./assay up')),
        h(
            'p',
            'Or an administrator enters one here, for this team alone; its credential is sealed and never shown again.',
        ),
    );
