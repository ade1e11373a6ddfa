// SPDX-License-Identifier: Apache-2.0
// What a job is called and where it comes from.

import {h, isStale, replace} from '../dom.js';
import {duration, isNumber, plain, shortId} from '../format.js';
import {ageText, idText, statusPill} from '../parts.js';
import {runDuration} from '../run/outcome.js';

export function drawHead(place, job, runs, id) {
    const signature = JSON.stringify([job, environmentsOf(runs)]);
    if (!isStale(place, signature)) return;
    const environments = environmentsOf(runs);
    const took = runDuration(job);
    replace(
        place,
        h(
            'div',
            h('h1', plain(job.name || `Job ${shortId(id)}`)),
            h(
                'div.under',
                statusPill(job.status),
                job.paused_at && h('span.badge.is-warn', {title: 'None of its queued runs is begun until it is resumed.'}, 'paused'),
                job.taskset_name &&
                    h(
                        'span',
                        'Taskset ',
                        job.taskset_id
                            ? h('a', {href: `/tasksets/${job.taskset_id}`}, plain(job.taskset_name))
                            : plain(job.taskset_name),
                    ),
                environments.length > 0 &&
                    h(
                        'span',
                        environments.length === 1 ? 'Environment ' : 'Environments ',
                        plain(environments.join(', ')),
                    ),
                h('span', 'Created ', ageText(job.created_at)),
                isNumber(took) && h('span', `Took ${duration(took)}`),
                job.run_count > 0 && ['runs', 'steps', 'grades'].map(rows => rowsOf(id, rows)),
                job.run_count > 0 && spansOf(id),
                job.run_count > 0 && exported(id, 'sft', 'Export chats'),
                isHeldBack(job) && h('span', 'Next run waits: ', plain(job.waiting_because.detail)),
            ),
        ),
        idText(id),
    );
}

const rowsOf = (id, rows) =>
    h('a.quiet-link', {href: `/v2/jobs/${encodeURIComponent(id)}/${rows}/export`, download: `${id}.${rows}.jsonl`}, `Export ${rows}`);

const spansOf = id =>
    h('a.quiet-link', {href: `/v2/jobs/${encodeURIComponent(id)}/steps/export?format=otlp`, download: `${id}.otlp.jsonl`}, 'Export OTLP');

const exported = (id, format, text) =>
    h('a.quiet-link', {href: `/v2/jobs/${encodeURIComponent(id)}/export?format=${format}`, download: `${id}.${format}.jsonl`}, text);

const environmentsOf = runs =>
    [...new Set(runs.map(run => run.environment).filter(name => typeof name === 'string' && name))].slice(0, 3);

/** Not that its turn has not come: that goes for a job that is well, too. */
const isHeldBack = job => !job.paused_at && job.waiting_because && job.waiting_because.reason !== 'turn';
