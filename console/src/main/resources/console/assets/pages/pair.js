// SPDX-License-Identifier: Apache-2.0
// Two runs, step beside step.

import {inAddress} from '../address.js';
import {get} from '../api.js';
import {h, replace} from '../dom.js';
import {amount, canonicalId, duration, isNumber, plain, plural, reward, shortId} from '../format.js';
import {live} from '../live.js';
import {aligned} from '../pair/align.js';
import {cell, crumbs, hasEnded, modelName, rewardText, statusPill, table} from '../parts.js';
import {rowsOf, titleOf} from '../run/entries.js';
import {runDuration, stopReason} from '../run/outcome.js';
import {timelineReader} from '../run/reader.js';
import {timelineOf} from '../run/timeline.js';
import {windowed} from '../run/window.js';

export async function pairPage({root, title, signal, query, id}) {
    const sides = [id, canonicalId(query.get('with'))].map(run => {
        const address = `/v2/trace/${encodeURIComponent(run)}`;
        return {id: run, address, ...timelineReader(`${address}/timeline`, signal, {whole: true})};
    });
    const facts = h('div.beside');
    const verdict = h('p.verdict', {role: 'status'});
    const only = h(
        'button.chip',
        {type: 'button', 'aria-pressed': 'false', onclick: () => choose(!isOnly)},
        'Only what differs',
    );
    const first = h('button.chip', {type: 'button', onclick: () => toFirst()}, 'To the first difference');
    const place = h('div.rows.pairs');
    const list = windowed(place, {
        selector: 'ol.pairing',
        signal,
        stays: ({left, right}) => [left, right].some(item => item?.kind === 'robot'),
    });
    let isOnly = query.get('only') === 'differences';
    let told = null;
    let drawnFor = null;

    function choose(chosen) {
        isOnly = chosen;
        inAddress({only: isOnly ? 'differences' : null});
        drawRows();
    }

    function toFirst() {
        const element = list.show(list.rows().findIndex(({differs}) => differs.length));
        if (!element) return;
        scrollTo(0, scrollY + element.getBoundingClientRect().top - document.getElementById('top').offsetHeight - 12);
        element.focus({preventScroll: true});
    }

    const refresh = async () => {
        const known = await Promise.all(
            sides.map(async ({address, read}) => {
                const run = await get(address, {signal});
                return {run, ...(await read())};
            }),
        );
        const reading = known.some(({cut, full}) => cut && !full);
        const state = JSON.stringify(known.map(({run, version, cut, full}) => [run, version, cut, full]));
        if (state !== drawnFor) {
            told = known.map(one => ({
                ...one,
                timeline: timelineOf(one.entries, one.run.children),
                running: !hasEnded(one.run.status),
            }));
            if (drawnFor === null) begin();
            drawFacts(facts, told);
            drawRows();
        }
        drawnFor = state;
        return reading ? 0 : told.some(({running}) => running) ? 3000 : null;
    };

    function begin() {
        const [{run}] = told;
        const task = told.map(one => one.run.task_slug ?? one.run.task);
        const name = task[0] && task[0] === task[1] ? `Two runs of ${plain(task[0])}` : 'Two runs';
        title(name);
        replace(
            root,
            crumbs(
                ['Jobs', '/jobs'],
                ...(run.job_id ? [[shortId(run.job_id), `/jobs/${run.job_id}`]] : []),
                [`Run ${shortId(id)}`, `/trace/${id}`],
                [`beside ${shortId(sides[1].id)}`],
            ),
            h('header.page-head', h('h1', name)),
            facts,
            h(
                'section.block',
                h('div.block-head', h('h2', 'Step by step'), h('div.chips', first, only)),
                verdict,
                place,
            ),
        );
        root.classList.remove('loading');
    }

    function drawRows() {
        const all = aligned(told[0].timeline.items, told[1].timeline.items);
        const different = all.filter(({differs}) => differs.length);
        const firstOne = different[0]?.left ?? different[0]?.right;
        const isCut = told.some(({cut}) => cut);
        only.setAttribute('aria-pressed', String(isOnly));
        first.hidden = only.hidden = !different.length;
        verdict.textContent =
            (different.length
                ? `${amount(different.length)} of ${plural(all.length, 'step')} differ; the first is ${titleOf(firstOne)}.`
                : `All ${plural(all.length, 'step')} are alike.`) +
            (isCut
                ? ` Of both runs the first ${amount(Math.min(...told.map(({entries}) => entries.length)))} entries at least are compared.`
                : '');
        const shown = isOnly ? different : all;
        const how = told.map(({timeline, running}) => rowsOf({timeline, running, signal}));
        const names = sides.map(side => `Run ${shortId(side.id)}`);
        list.draw(shown, {
            key: row => `${row.left?.entry.id} ${row.right?.entry.id}`,
            signature: row =>
                [row.left && how[0].signature(row.left), row.right && how[1].signature(row.right), row.differs].join(
                    '|',
                ),
            render: row => pairView(row, how, names),
        });
    }

    const wait = await refresh();
    await live(refresh, signal, wait);
}

function pairView({left, right, differs}, how, names) {
    const side = (item, at) =>
        h(
            'div.half',
            {role: 'group', 'aria-label': names[at]},
            h('p.whose', names[at]),
            item ? h('ol.timeline', how[at].render(item)) : h('p.none', 'No such step'),
        );
    return h(
        'li.pair',
        {tabindex: '-1'},
        h(
            'p.pair-head',
            differs.length ? h('span.badge.is-warn', 'differs') : h('span.badge', 'alike'),
            differs.length > 0 && differs.join(', '),
        ),
        h('div.halves', side(left, 0), side(right, 1)),
    );
}

function drawFacts(place, told) {
    const [mine, other] = told;
    const names = told.map(({run}) => `Run ${shortId(run.id)}`);
    const rows = [
        ['Reward', one => rewardText(gradeOf(one.run), one.run.status)],
        ...scoresOf(told).map(name => [`Subscore ${plain(name)}`, one => scoreText(one.run, name)]),
        ['Status', one => statusPill(one.run.status)],
        [
            'Ended because',
            one => (one.run.error ? plain(one.run.error).slice(0, 200) : (stopReason(one.run.stop_reason) ?? '–')),
        ],
        ['Model', one => modelName(one.run.model)],
        ['Turns', one => amount(one.timeline.turns) + (one.cut ? ' or more' : '')],
        [
            'Tokens',
            one =>
                one.timeline.usage.known
                    ? `${amount(one.timeline.usage.prompt_tokens)} in, ${amount(one.timeline.usage.completion_tokens)} out`
                    : '–',
        ],
        ['Took', one => duration(runDuration(one.run))],
    ];
    replace(
        place,
        table(
            'Both runs',
            ['Of', ...told.map(({run}, at) => ({text: h('a', {href: `/trace/${run.id}`}, names[at])}))],
            h(
                'tbody',
                rows.map(([name, of]) =>
                    h('tr', h('th', {scope: 'row'}, name), cell(names[0], of(mine)), cell(names[1], of(other))),
                ),
            ),
        ),
    );
}

const gradeOf = run => (isNumber(run.evaluation_result?.score) ? run.evaluation_result.score : run.reward);
const subscores = run => run.evaluation_result?.subscores ?? [];
const scoresOf = told => [...new Set(told.flatMap(({run}) => subscores(run).map(({name}) => name)))];
const scoreText = (run, name) => {
    const found = subscores(run).find(one => one.name === name);
    return isNumber(found?.value) ? reward(found.value) : '–';
};
