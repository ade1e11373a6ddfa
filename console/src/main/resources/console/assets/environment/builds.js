// SPDX-License-Identifier: Apache-2.0
// The last builds of an environment: how they are, what they said, and an end to one that goes on.

import {get, getIfThere, pageOf, send} from '../api.js';
import {h, keyed, replace} from '../dom.js';
import {twoClicks} from '../form.js';
import {between, duration, plain} from '../format.js';
import {live} from '../live.js';
import {ageText, cell, table} from '../parts.js';
import {may} from '../session.js';

const STATES = {
    IN_PROGRESS: ['running', 'building'],
    SUCCEEDED: ['completed', 'built'],
    FAILED: ['error', 'failed'],
    STOPPED: ['cancelled', 'cancelled'],
};
const SHOWN = 10;
const LOOK_AGAIN_MS = 3000;
/** As long as a page may wait for further lines. */
const FOLLOW_MS = 10_000;

const goesOn = build => build.status === 'IN_PROGRESS';

/** A section that keeps itself up to date while something is built; null if nothing ever was. */
export async function buildsOf(environment, signal) {
    const ask = async () => pageOf(await getIfThere('/v2/builds', {query: {registry_id: environment, limit: SHOWN}, signal})).items;
    const first = await ask();
    if (!first.length) return null;
    const rows = h('tbody');
    const log = h('div.build-log', {'aria-live': 'off'});
    const draw = builds =>
        keyed(rows, builds, {
            key: build => build.id,
            signature: build => JSON.stringify([build.status, build.started_at, build.error_message, build.waiting_because]),
            render: build => row(build, {refresh, show: () => showLog(log, build, signal)}),
        });
    const refresh = async () => {
        const builds = await ask();
        draw(builds);
        return builds.some(goesOn) ? LOOK_AGAIN_MS : null;
    };
    draw(first);
    if (first.some(goesOn)) live(refresh, signal, LOOK_AGAIN_MS);
    return h(
        'section.block',
        h('h2', 'Builds'),
        table('Builds', ['Version', 'Build', {text: 'Took', class: 'num'}, {text: 'Begun', class: 'num'}, {text: '', class: 'num'}], rows),
        log,
    );
}

function row(build, {refresh, show}) {
    const [state, word] = STATES[build.status] ?? ['unknown', build.status];
    return h(
        'tr',
        cell('Version', String(build.version), {class: 'main'}),
        cell('Build', [
            h('span.status', {class: `is-${state}`}, h('i', {'aria-hidden': 'true'}), plain(goesOn(build) && !build.started_at ? 'waiting' : word)),
            build.waiting_because && h('span.why', plain(build.waiting_because.detail)),
            build.error_message && h('span.why', {title: plain(build.error_message)}, plain(build.error_message)),
        ]),
        cell('Took', build.finished_at ? duration(between(build.started_at ?? build.created_at, build.finished_at)) : h('span.none', '–'), {class: 'num'}),
        cell('Begun', ageText(build.started_at ?? build.created_at), {class: 'num'}),
        cell(
            '',
            [
                h('button.quiet', {type: 'button', onclick: show, 'aria-label': `Log of version ${build.version}`}, 'Log'),
                goesOn(build) &&
                    may('member') &&
                    twoClicks({
                        text: 'Cancel',
                        sure: 'Cancel it',
                        label: `Cancel the build of version ${build.version}`,
                        act: () => send('POST', `/v2/builds/${encodeURIComponent(build.id)}/cancel`),
                        after: refresh,
                    }),
            ],
            {class: 'num'},
        ),
    );
}

/** What one build has said so far, and what it says from now on; another one takes its place. */
function showLog(place, build, signal) {
    const lines = h('pre', {tabindex: 0, 'aria-label': `Log of version ${build.version}`});
    replace(place, h('h3', `Log of version ${build.version}`), lines);
    const address = `/v2/builds/${encodeURIComponent(build.id)}/log`;
    let after = 0;
    live(
        async () => {
            const part = await get(address, {query: {after, wait_millis: FOLLOW_MS}, signal});
            if (!lines.isConnected) return null;
            const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
            lines.append(...part.lines.map(line => `${plain(line.message)}\n`));
            if (atEnd) lines.scrollTop = lines.scrollHeight;
            after = part.next;
            if (part.lines.length || goesOn(part)) return 0;
            if (!after) replace(lines, h('span.none', 'It said nothing.'));
            return null;
        },
        signal,
    );
    place.scrollIntoView({block: 'nearest'});
}
