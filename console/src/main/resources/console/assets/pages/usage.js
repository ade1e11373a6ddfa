// SPDX-License-Identifier: Apache-2.0
// What calls used and cost, over time and by what they have in common.

import {get} from '../api.js';
import {chart, OTHERS} from '../chart.js';
import {h, replace} from '../dom.js';
import {emptyState, fold, snippet} from '../parts.js';
import {budgets} from '../usage/budgets.js';
import {GROUPS, MEASURES} from '../usage/measures.js';
import {namesOf} from '../usage/names.js';
import {numbers} from '../usage/numbers.js';
import {PERIODS, span} from '../usage/periods.js';
import {courseTable, FIRST, totals} from '../usage/tables.js';

const DRAWN = 6;

export async function usagePage({root, title, query, signal, go}) {
    title('Usage');
    const chosen = {
        period: named(PERIODS, query.get('over'), 'month'),
        group: named(GROUPS, query.get('by'), 'model'),
        measure: named(MEASURES, query.get('of'), 'cost'),
    };
    const time = span(chosen.period);
    const asked = {from: time.from, by: chosen.group.id};
    const [whole, sums, course, budgetBlock] = await Promise.all([
        get('/v2/usage', {query: {from: time.from}, signal}),
        get('/v2/usage', {query: asked, signal}),
        get('/v2/usage', {query: {...asked, by: `${chosen.period.by},${chosen.group.id}`}, signal}),
        budgets(signal),
    ]);
    const all = whole.items[0];
    const address = changes => {
        const {period, group, measure} = {...chosen, ...changes};
        return `/usage?${new URLSearchParams({over: period.id, by: group.id, of: measure.id})}`;
    };
    const choice = (label, name, options) =>
        h(
            'div.chips',
            {role: 'group', 'aria-label': label},
            options.map(option =>
                h(
                    'button.chip',
                    {
                        type: 'button',
                        'aria-pressed': String(option === chosen[name]),
                        onclick: async () => {
                            await go(address({[name]: option}));
                            document
                                .querySelector(`[aria-label="${label}"] [aria-pressed=true]`)
                                ?.focus({preventScroll: true});
                        },
                    },
                    option.text,
                ),
            ),
        );
    const csv = `/v2/usage?${new URLSearchParams({...asked, by: `${chosen.period.by},${chosen.group.id}`, format: 'csv'})}`;
    const drawing = h('div.drawing');
    replace(
        root,
        h(
            'header.page-head',
            h('div', h('h1', 'Usage'), h('p.count', `${chosen.period.text} up to now`)),
            choice('Over what time', 'period', PERIODS),
        ),
        all?.calls
            ? [
                  numbers(all),
                  h(
                      'section.block',
                      h(
                          'div.block-head',
                          h('h2', 'Over time'),
                          choice('What is shown', 'measure', MEASURES),
                          choice('By what', 'group', GROUPS),
                          h('a.end', {href: csv, download: 'usage.csv'}, 'As CSV'),
                      ),
                      drawing,
                  ),
              ]
            : emptyState(
                  `No calls in ${chosen.period.text}`,
                  h(
                      'p',
                      'Every call of a model that goes through this platform is counted and priced here, whoever made it. To make some:',
                  ),
                  snippet('./assay demo'),
                  h('p', 'Or ', h('a', {href: '/playground'}, 'call a model yourself'), '.'),
              ),
        budgetBlock,
    );
    if (!all?.calls) return;
    const {measure, group} = chosen;
    const ranked = [...sums.items].sort((a, b) => measure.of(b) - measure.of(a) || b.calls - a.calls);
    const tell = await namesOf(
        group.id,
        ranked.slice(0, FIRST).map(sum => sum[group.id]),
        signal,
    );
    const read = value => (value === null || value === undefined ? {text: group.none} : tell(value));
    const drawn = ranked.slice(0, DRAWN).filter(sum => measure.of(sum) > 0);
    await draw(drawing, {time, course, measure, group, read, ranked, drawn, signal});
    if (course.more)
        drawing.append(h('p.cut', 'There are more rows than the platform adds up at once: choose a shorter time.'));
}

const named = (options, id, otherwise) =>
    options.find(option => option.id === id) ?? options.find(option => option.id === otherwise);

async function draw(place, {time, course, measure, group, read, ranked, drawn, signal}) {
    const idOf = sum => String(sum[group.id]);
    const series = drawn.map(sum => ({name: idOf(sum), text: read(sum[group.id]).text}));
    const isDrawn = new Set(series.map(one => one.name));
    const by = time.zone ? 'day' : 'hour';
    const points = course.items.map(sum => ({
        x: Date.parse(sum[by]) / 1000,
        name: isDrawn.has(idOf(sum)) ? idOf(sum) : OTHERS,
        y: measure.of(sum),
    }));
    if (points.some(point => point.name === OTHERS && point.y > 0)) series.push({name: OTHERS, text: 'all others'});
    const label = `${measure.text} over time by ${group.text.toLowerCase()}; the tables below say the same in numbers`;
    const canvas = h('div');
    replace(
        place,
        h(
            'div.card.chart-card',
            canvas,
            h('p.quiet.chart-note', time.note),
            fold('course', 'The chart as a table', () => courseTable({time, points, series, measure})),
        ),
        totals(ranked, {series, read, group}),
    );
    if (series.length) {
        await chart(canvas, {points, series, ...time, value: measure.value, short: measure.short, label, signal});
    } else replace(canvas, h('p.none', `No ${measure.text.toLowerCase()} in this time.`));
}
