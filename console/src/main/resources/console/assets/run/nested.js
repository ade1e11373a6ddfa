// SPDX-License-Identifier: Apache-2.0
// A run inside a run: a line that says what became of it and leads to its page, and its timeline in place for whoever opens it.

import {get} from '../api.js';
import {h} from '../dom.js';
import {duration, plain, plural, shortId} from '../format.js';
import {live} from '../live.js';
import {fold, hasEnded, modelName, rewardText, statusPill} from '../parts.js';
import {drawTimeline} from './entries.js';
import {runDuration} from './outcome.js';
import {timelineReader} from './reader.js';
import {timelineOf} from './timeline.js';

/** A run with a page of its own, of which a list holds the outcome. */
export function childView(child, signal) {
    const address = `/v2/trace/${encodeURIComponent(child.id)}`;
    return h(
        'section.nested',
        h(
            'p.nested-head',
            h('a', {href: `/trace/${child.id}`}, plain(child.task_slug) || `Run ${shortId(child.id)}`),
            statusPill(child.status),
            hasEnded(child.status) && rewardText(child.reward, child.status),
            child.model && modelName(child.model),
            h('span.quiet', duration(runDuration(child))),
        ),
        fold(`child ${child.id}`, 'Its timeline', () => followed(address, signal)),
    );
}

/** Its timeline, followed as long as it goes on and is on the page. */
function followed(address, signal) {
    const list = h('ol.timeline');
    const note = h('p.quiet', 'Reading…');
    const place = h('div', list, note);
    const {read} = timelineReader(`${address}/timeline`, signal);
    let drawn = false;
    const refresh = async () => {
        if (drawn && !place.isConnected) return null;
        const run = await get(address, {signal});
        const {entries, cut} = await read();
        const running = !hasEnded(run.status);
        drawTimeline(list, {timeline: timelineOf(entries, run.children), running, signal});
        note.textContent = cut ? `The first ${entries.length} entries. Its own page shows more.` : '';
        drawn = true;
        return running ? 2000 : null;
    };
    live(refresh, signal).catch(() => {
        if (!signal.aborted) note.textContent = 'This run’s timeline cannot be shown here. Its own page may tell why.';
    });
    return place;
}

/** A whole trace that stands inside a step. */
export function subagentView(subagent, key, signal) {
    const timeline = timelineOf(subagent.entries ?? []);
    const list = () => {
        const list = h('ol.timeline');
        drawTimeline(list, {timeline, running: false, signal});
        return list;
    };
    return h(
        'section.nested',
        h(
            'p.nested-head',
            subagent.trace_id &&
                h('a', {href: `/trace/${encodeURIComponent(subagent.trace_id)}`}, `Run ${shortId(subagent.trace_id)}`),
            subagent.status && statusPill(subagent.status),
            h('span.quiet', plural(subagent.entries?.length ?? 0, 'step')),
        ),
        subagent.content && h('div.prose', plain(subagent.content)),
        timeline.items.length > 0 && fold(`${key} steps`, 'Its timeline', list),
    );
}
