// SPDX-License-Identifier: Apache-2.0
// One run: its timeline, its grade, its facts.

import {get, getIfThere} from '../api.js';
import {h, replace} from '../dom.js';
import {plain, shortId} from '../format.js';
import {live} from '../live.js';
import {newsOf} from '../news.js';
import {othersOf} from '../pair/others.js';
import {ageText, crumbs, hasEnded, idText, isScripted, scriptedBadge, statusPill} from '../parts.js';
import {readChecks} from '../run/checks.js';
import {readGrades} from '../run/grades.js';
import {historyReader} from '../run/history.js';
import {failureText, hasSettled, startOf} from '../run/outcome.js';
import {timelineReader} from '../run/reader.js';
import {drawShare} from '../run/share.js';
import {drawSide} from '../run/side.js';
import {tailOf} from '../run/tail.js';
import {timelineOf} from '../run/timeline.js';
import {track} from '../run/track.js';
import {pairPage} from './pair.js';

export async function tracePage(view) {
    if (view.query.get('with')) return pairPage(view);
    const {root, title, signal, query, id} = view;
    const address = `/v2/trace/${encodeURIComponent(id)}`;
    // an earlier attempt of it, if one is asked for
    const attempt = query.get('attempt');
    const {read, readOn} = timelineReader(`${address}/timeline`, signal, {attempt, whole: true});
    const readPast = historyReader(address, signal);
    const news = newsOf(`${address}/live`, signal);
    const head = h('header.page-head');
    const banner = h('div');
    const side = h('aside.side', {'aria-label': 'Grade and facts'});
    const share = h('div.shared-by');
    let job = null;
    let drawnFor = null;
    let endSeen = null;

    const reading = track({query, id, signal, readOn: () => readOn(refresh)});
    const tail = tailOf({query, inAddress: reading.inAddress});
    let others = null;
    const parts = {head, banner, side, reading};

    const refresh = async () => {
        const run = await get(address, {signal});
        const ended = hasEnded(run.status);
        // Once more from the beginning when the run has ended: what came late stands in its place then.
        const {entries, cut, full, cleared, version} = await read({anew: ended && endSeen === null});
        const past = await readPast(run);
        const [checks, grades] = ended
            ? await Promise.all([readChecks(run.id ?? id, signal), readGrades(address, signal)])
            : [[], []];
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
                h('div.run', side, h('div.track', reading.element, tail.element)),
            );
            drawShare(share, id);
            root.classList.remove('loading');
        }
        const follow = !ended && drawnFor && isAtEnd();
        const state = JSON.stringify([run, past.steps.length, checks, grades, version, cut, full, cleared]);
        if (state !== drawnFor) {
            const timeline = {...timelineOf(entries, run.children), entries: entries.length, cut, full, cleared};
            drawRun(parts, {
                run,
                job,
                id,
                attempt,
                timeline,
                past,
                checks,
                grades,
                others: () => (others ??= othersOf(run, signal)),
            });
            tail.draw({timeline, running: !ended});
        }
        drawnFor = state;
        if (follow) scrollTo(0, document.documentElement.scrollHeight);
        // What the agent does is told by its timeline; while it waits, there is nothing to ask for.
        const waits = run.hosted && ['queued', 'initializing'].includes(run.status);
        if (waits) news.open();
        else news.close();
        if (ended) endSeen ??= Date.now();
        if (cut && !full) return 0;
        if (!ended) return 1000;
        return hasSettled(run, endSeen) ? null : 2000;
    };
    await live(refresh, signal, await refresh(), news);
}

/** Who reads the end of a live timeline wants to go on doing so. */
const isAtEnd = () => scrollY > 0 && innerHeight + scrollY > document.documentElement.scrollHeight - 60;

export function drawRun(
    {head, banner, side, reading},
    {run, job, id, attempt, timeline, past, checks = [], grades = [], others},
) {
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
    drawSide(side, {run, job, model, task, timeline, past, checks, grades, others, linkTo: reading.linkTo});
    reading.draw(timeline, running);
}
