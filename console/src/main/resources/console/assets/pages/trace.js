// SPDX-License-Identifier: Apache-2.0
// One run: its timeline, its grade, its facts.

import {get, getIfThere} from '../api.js';
import {h, replace} from '../dom.js';
import {amount, plain, shortId} from '../format.js';
import {live} from '../live.js';
import {newsOf} from '../news.js';
import {ageText, crumbs, hasEnded, idText, isScripted, scriptedBadge, statusPill} from '../parts.js';
import {readChecks} from '../run/checks.js';
import {drawTimeline} from '../run/entries.js';
import {readGrades} from '../run/grades.js';
import {historyReader} from '../run/history.js';
import {failureText, hasSettled, startOf} from '../run/outcome.js';
import {timelineReader} from '../run/reader.js';
import {drawShare} from '../run/share.js';
import {drawSide} from '../run/side.js';
import {drawTail} from '../run/tail.js';
import {timelineOf} from '../run/timeline.js';

export async function tracePage({root, title, signal, query, id}) {
    const address = `/v2/trace/${encodeURIComponent(id)}`;
    // an earlier attempt of it, if one is asked for
    const attempt = query.get('attempt');
    const {read, wantMore} = timelineReader(`${address}/timeline`, signal, {attempt});
    const readPast = historyReader(address, signal);
    const news = newsOf(`${address}/live`, signal);
    const head = h('header.page-head');
    const banner = h('div');
    const share = h('div');
    const side = h('aside.side', {'aria-label': 'Grade and facts'});
    const list = h('ol.timeline');
    const further = h('div');
    const tail = h('div');
    const parts = {head, banner, side, list, tail};
    let job = null;
    let drawnFor = null;
    let endSeen = null;

    // Between two refreshes, for somebody who waits: if it fails, the next one tells.
    const showMore = () => {
        wantMore();
        refresh().catch(() => {});
    };

    const refresh = async () => {
        const run = await get(address, {signal});
        const ended = hasEnded(run.status);
        // Once more from the beginning when the run has ended: what came late stands in its place then.
        const {entries, cut, cleared} = await read({anew: ended && endSeen === null});
        const past = await readPast(run);
        const [checks, grades] = ended ? await Promise.all([readChecks(run.id ?? id, signal), readGrades(address, signal)]) : [[], []];
        if (!job && run.job_id) job = await getIfThere(`/v2/jobs/${run.job_id}`, {signal});
        if (!root.contains(head)) {
            title(`Run ${shortId(id)}`);
            replace(
                root,
                crumbs(
                    ['Jobs', '/jobs'],
                    ...(run.job_id ? [[job?.name || shortId(run.job_id), `/jobs/${run.job_id}`]] : []),
                    [`Run ${shortId(id)}`],
                ),
                head,
                banner,
                share,
                h('div.run', side, h('div.track', list, further, tail)),
            );
            drawShare(share, id);
            root.classList.remove('loading');
        }
        const follow = !ended && drawnFor && isAtEnd();
        const state = JSON.stringify([run, past.steps.length, checks, grades]) + entries.map(entry => entry.seq).join() + cut + cleared;
        if (state !== drawnFor) {
            drawRun(parts, {run, job, id, attempt, timeline: {...timelineOf(entries, run.children), cut, cleared}, past, checks, grades, signal});
            drawFurther(further, cut && entries.length, showMore);
        }
        drawnFor = state;
        if (follow) scrollTo(0, document.documentElement.scrollHeight);
        // What the agent does is told by its timeline; while it waits, there is nothing to ask for.
        const waits = run.hosted && ['queued', 'initializing'].includes(run.status);
        if (waits) news.open();
        else news.close();
        if (!ended) return 1000;
        endSeen ??= Date.now();
        return hasSettled(run, endSeen) ? null : 2000;
    };
    await live(refresh, signal, await refresh(), news);
}

/** A very long run is shown as far as somebody wants to read. */
export function drawFurther(place, shown, more) {
    replace(
        place,
        shown &&
            h(
                'p.cut',
                `The first ${amount(shown)} entries of this run. `,
                h('button.more', {type: 'button', onclick: more}, 'Show more'),
            ),
    );
}

/** Who reads the end of a live timeline wants to go on doing so. */
const isAtEnd = () => scrollY > 0 && innerHeight + scrollY > document.documentElement.scrollHeight - 60;

export function drawRun({head, banner, side, list, tail}, {run, job, id, attempt, timeline, past, checks = [], grades = [], signal}) {
    const running = !hasEnded(run.status);
    const model = run.model ?? timeline.items.find(item => item.said?.model)?.said.model;
    const error = run.error ?? (run.status === 'error' ? timeline.items.at(-1)?.entry.error : null);
    const task = run.task_slug ?? run.task ?? timeline.items.find(item => item.kind === 'setup')?.entry.name;
    replace(
        head,
        h(
            'div',
            h('h1', task ? plain(task) : `Run ${shortId(id)}`),
            h(
                'div.under',
                statusPill(run.status),
                isScripted(model) && scriptedBadge(),
                run.attempt > 1 &&
                    h(
                        'span.badge.is-warn',
                        {title: `How often the platform began this run. ${attempt ? 'An earlier' : 'The newest'} attempt is shown.`},
                        attempt ? `attempt ${plain(attempt)} of ${run.attempt}` : `attempt ${run.attempt}`,
                    ),
                model && model !== 'unknown' && h('span.mono', plain(model)),
                h('span', ageText(startOf(run))),
                run.parent_trace_id &&
                    h('span', 'inside ', h('a', {href: `/trace/${run.parent_trace_id}`}, `run ${shortId(run.parent_trace_id)}`)),
            ),
        ),
        idText(id),
    );
    replace(
        banner,
        error && h('div.callout.is-error.banner', {role: 'alert'}, h('strong', `${failureText(run.failure?.kind, run.failure?.phase) ?? 'The run failed'}. `), plain(error)),
    );
    drawSide(side, {run, job, model, task, timeline, past, checks, grades});
    drawTimeline(list, {timeline, running, signal});
    drawTail(tail, {timeline, running});
}
