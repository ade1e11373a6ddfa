// SPDX-License-Identifier: Apache-2.0
// One run as whoever has a link to it sees it: its timeline and its grade, and no way on from there.

import {ApiError} from '../api.js';
import {h, replace} from '../dom.js';
import {shortId} from '../format.js';
import {live} from '../live.js';
import {hasEnded} from '../parts.js';
import {hasSettled} from '../run/outcome.js';
import {timelineReader} from '../run/reader.js';
import {tailOf} from '../run/tail.js';
import {timelineOf} from '../run/timeline.js';
import {track} from '../run/track.js';
import {drawRun} from './trace.js';

const EVERY_MS = 3000;

export async function sharedPage({root, title, signal, query, id}) {
    const {read, readOn} = timelineReader(`/v2/trace/${encodeURIComponent(id)}/timeline`, signal, {whole: true});
    const reading = track({query, id, signal, readOn: () => readOn(refresh)});
    const tail = tailOf({query, inAddress: reading.inAddress});
    const head = h('header.page-head');
    const parts = {head, banner: h('div'), side: h('aside.side', {'aria-label': 'Grade and facts'}), reading};
    let drawnFor = null;
    let endSeen = null;

    const refresh = async () => {
        let told = await read();
        const ended = hasEnded(told.facts.status);
        // Once more from the beginning when it has ended: its grade stands there then.
        if (ended && endSeen === null && drawnFor) told = await read({anew: true});
        const {entries, cut, full, cleared, facts, version} = told;
        if (!root.contains(head)) {
            title(`Run ${shortId(id)}`);
            replace(root, h('p.under', 'A shared run'), head, parts.banner, h('div.run', parts.side, h('div.track', reading.element, tail.element)));
            root.classList.remove('loading');
        }
        const state = JSON.stringify([facts, version, cut, full, cleared]);
        if (state !== drawnFor) {
            const timeline = {...timelineOf(entries), entries: entries.length, cut, full, cleared};
            drawRun(parts, {run: runOf(facts, timeline), job: null, id, timeline, past: {steps: []}});
            tail.draw({timeline, running: !ended});
        }
        drawnFor = state;
        if (ended) endSeen ??= Date.now();
        if (cut && !full) return 0;
        if (!ended) return EVERY_MS;
        return hasSettled({}, endSeen) ? null : EVERY_MS;
    };
    try {
        await live(refresh, signal, await refresh());
    } catch (failure) {
        if (!(failure instanceof ApiError) || ![401, 404].includes(failure.status)) throw failure;
        closed(root, title);
    }
}

/** Only what a timeline tells of its run: whose it is and where it belongs stays with its team. */
const runOf = (facts, timeline) => ({
    status: facts.status,
    reward: facts.reward,
    evaluation_result: facts.evaluation,
    error: facts.error,
    stop_reason: facts.stop_reason,
    task_slug: facts.task_slug,
    environment: facts.environment,
    model: facts.model,
    started_at: timeline.start === null ? null : new Date(timeline.start).toISOString(),
});

function closed(root, title) {
    title('Link closed');
    root.classList.remove('loading');
    replace(
        root,
        h(
            'section.trouble',
            h('h1', 'This link opens nothing'),
            h('p', 'It was revoked, its time is over, or the address was cut off. Whoever sent it can make another.'),
        ),
    );
}
