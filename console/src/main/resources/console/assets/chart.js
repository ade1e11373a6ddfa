// SPDX-License-Identifier: Apache-2.0
// Numbers over time as bars upon each other or as curves, drawn by uPlot. Who cannot see it, or wants it exact, reads what every chart has
// beside it.

import {h, replace} from './dom.js';
import {plain} from './format.js';

const HEIGHT = 250;
const COLOURS = 7;

/** What stands for all that have no series of their own. */
export const OTHERS = 'others';

const variable = (name, index) => `--chart-${name === OTHERS || index >= COLOURS ? 'rest' : index + 1}`;

/** The colour of a series: for what stands beside a chart. */
export const swatch = (name, index) =>
    h('i.swatch', {'aria-hidden': 'true', vars: {'--swatch': `var(${variable(name, index)})`}});

/**
 * @param points `[{x, name, y}]`: x in seconds, one for each x and name; what is missing is 0
 * @param series `[{name, text}]`, the lowest first
 * @param xs every place on the axis, evenly spaced, in seconds
 * @param value how a number reads, `short` where there is no room
 * @param moment how a time reads, `tick` below the axis
 * @param zone in which days begin; undefined: the viewer's
 */
export async function chart(place, {points, series, xs, value, short, moment, tick, zone, label, signal}) {
    const {default: UPlot} = await library();
    if (signal.aborted) return;
    const rows = stacked(points, series, xs);
    const step = xs.length > 1 ? xs[1] - xs[0] : 3600;
    const box = h('div.chart', {role: 'img', 'aria-label': label});
    replace(place, box);

    const paint = ofTheme(box);
    // The highest is drawn first, the lower ones before it.
    const order = series.map((_, index) => index).reverse();
    const bars = UPlot.paths.bars({size: [0.74, 46], radius: 0});
    const axis = {stroke: () => paint('--ink-3'), font: '12px system-ui, sans-serif', ticks: {show: false}};
    const grid = {stroke: () => paint('--line'), width: 1};
    const plot = new UPlot(
        {
            width: Math.max(200, box.clientWidth),
            height: HEIGHT,
            padding: [12, 8, 0, 0],
            legend: {show: false},
            cursor: {y: false, points: {show: false}, drag: {x: false, y: false}},
            tzDate: zone ? seconds => UPlot.tzDate(new Date(seconds * 1000), zone) : undefined,
            scales: {
                x: {time: true, range: () => [xs[0] - step / 2, xs.at(-1) + step / 2]},
                y: {range: (_, low, high) => [0, high > 0 ? high * 1.06 : 1]},
            },
            axes: [
                {...axis, grid: {show: false}, space: 64, size: 34, values: (_, splits) => splits.map(tick)},
                {...axis, grid, size: 62, values: (_, splits) => splits.map(split => (split ? short(split) : '0'))},
            ],
            series: [
                {},
                ...order.map(index => ({
                    label: series[index].text,
                    fill: () => paint(variable(series[index].name, index)),
                    width: 0,
                    points: {show: false},
                    paths: bars,
                })),
            ],
            plugins: [tip(told)],
        },
        [xs, ...order.map(index => rows.map(row => row.sums[index]))],
        box,
    );

    function told(at) {
        const row = rows[at];
        const shown = series
            .map((one, index) => ({...one, index, y: row.values[index]}))
            .filter(one => one.y > 0)
            .reverse();
        return [
            h('strong', moment(xs[at])),
            shown.map(one =>
                h('span', swatch(one.name, one.index), h('span.of', plain(one.text)), h('b', value(one.y))),
            ),
            shown.length !== 1 &&
                h(
                    'span.all',
                    h('span.of', shown.length ? 'together' : 'nothing'),
                    shown.length > 1 && h('b', value(row.sums.at(-1))),
                ),
        ];
    }

    return kept(plot, box, HEIGHT, signal);
}

/** What stands at the place that is pointed at, beside it. */
function tip(told) {
    const element = h('div.tip', {hidden: true});
    const show = ({cursor: {idx: at, left}, over}) => {
        element.hidden = at === null || at === undefined || left < 0;
        if (element.hidden) return;
        replace(element, told(at));
        const gap = 14;
        const beside = left > over.clientWidth / 2 ? left - gap - element.offsetWidth : left + gap;
        element.style.left = `${Math.max(0, Math.min(beside, over.clientWidth - element.offsetWidth))}px`;
    };
    return {hooks: {ready: plot => plot.over.append(element), setCursor: show}};
}

/** Keeps a plot in the width of its box and the colours of the theme, until the page goes or the returned function is called. */
function kept(plot, box, height, signal) {
    const redraw = () => plot.redraw(false);
    const sized = new ResizeObserver(() => plot.setSize({width: Math.max(200, box.clientWidth), height}));
    const themed = new MutationObserver(redraw);
    const system = matchMedia('(prefers-color-scheme: dark)');
    sized.observe(box);
    themed.observe(document.documentElement, {attributeFilter: ['data-theme']});
    system.addEventListener('change', redraw);
    const end = () => {
        sized.disconnect();
        themed.disconnect();
        system.removeEventListener('change', redraw);
        plot.destroy();
    };
    signal.addEventListener('abort', end, {once: true});
    return end;
}

const CURVES_HEIGHT = 130;
/** Between two numbers on an axis of whole ones: 1, 2, 5, 10 and so on. */
const WHOLE = Array.from({length: 48}, (_, index) => [1, 2, 5][index % 3] * 10 ** Math.floor(index / 3));

/**
 * Curves over whole numbers from 0 to `last`, with a line at the one that is looked at. A click on them asks for another.
 *
 * @param data the places, then each curve's values at them; null where there is none
 * @param stepped a value holds until the next
 * @param colours of the curves, by number; before them may come two that are the edges of a band
 * @param at null: none is looked at
 * @param told what stands at a place, by its index, while it is pointed at
 * @returns `{show(place), take(data, last)}`, of use at once, before the library has come
 */
export function curves(place, {data, last, stepped, colours, height = CURVES_HEIGHT, short, told, label, signal, seek, at}) {
    let plot = null;
    colours ??= data.slice(1).map((_, index) => index);
    const hasBand = data.length - 1 > colours.length;
    const begin = async () => {
        const {default: UPlot} = await library();
        if (signal.aborted) return;
        const box = h('div.curve', {role: 'img', 'aria-label': label, vars: {'--height': `${height}px`}});
        replace(place, box);
        const paint = ofTheme(box);
        const axis = {stroke: () => paint('--ink-3'), font: '11px system-ui, sans-serif', ticks: {show: false}};
        const grid = {stroke: () => paint('--line'), width: 1};
        const paths = stepped ? UPlot.paths.stepped({align: 1}) : undefined;
        // A step is a place of its own where it can be pointed at: one alone makes no line.
        const pointed = colour => told && {points: {size: 5, fill: () => paint(variable(null, colour))}};
        const line = {stroke: () => paint(variable(null, 0)), width: 1.5, points: {show: false}, paths};
        plot = new UPlot(
            {
                width: Math.max(200, box.clientWidth),
                height,
                padding: [8, 14, 0, 0],
                legend: {show: false},
                cursor: told ? {y: false, points: {show: false}, drag: {x: false, y: false}} : {show: false},
                plugins: told ? [tip(told)] : [],
                scales: {x: {time: false, range: () => [0, Math.max(1, last)]}},
                axes: [
                    {...axis, grid: {show: false}, size: 22, incrs: WHOLE},
                    {...axis, grid, size: 52, values: short && ((_, splits) => splits.map(short))},
                ],
                series: [
                    {},
                    ...(hasBand ? [{...line, width: 0}, {...line, width: 0}] : []),
                    ...colours.map(colour => ({...line, ...pointed(colour), stroke: () => paint(variable(null, colour))})),
                ],
                bands: hasBand ? [{series: [1, 2], fill: () => paint('--chart-band')}] : undefined,
                hooks: {draw: [drawPlace]},
            },
            data,
            box,
        );
        plot.over.addEventListener('click', event => seek(Math.round(plot.posToVal(event.offsetX, 'x'))));
        kept(plot, box, height, signal);

        function drawPlace({ctx, bbox}) {
            if (at === null) return;
            const x = Math.round(bbox.left + (bbox.width * at) / Math.max(1, last)) + 0.5;
            ctx.save();
            ctx.strokeStyle = paint('--ink-2');
            ctx.lineWidth = devicePixelRatio;
            ctx.beginPath();
            ctx.moveTo(x, bbox.top);
            ctx.lineTo(x, bbox.top + bbox.height);
            ctx.stroke();
            ctx.restore();
        }
    };
    begin().catch(() => {});
    return {
        show: next => {
            if (at === next) return;
            at = next;
            plot?.redraw(false);
        },
        take: (news, end) => {
            [data, last] = [news, end];
            plot?.setData(data);
        },
    };
}

let style = null;

/** With its styles, which no other page needs. */
async function library() {
    style ??= new Promise(resolve =>
        document.head.append(
            h('link', {rel: 'stylesheet', href: '/assets/uplot/dist/uPlot.min.css', onload: resolve, onerror: resolve}),
        ),
    );
    await style;
    return import('/assets/uplot/dist/uPlot.esm.js');
}

/** For each place its values, and with each the sum of those up to it. */
function stacked(points, series, xs) {
    const places = new Map(xs.map((x, index) => [x, index]));
    const indices = new Map(series.map(({name}, index) => [name, index]));
    const rows = xs.map(() => ({values: series.map(() => 0), sums: []}));
    for (const {x, name, y} of points) {
        if (places.has(x) && indices.has(name)) rows[places.get(x)].values[indices.get(name)] += y;
    }
    for (const row of rows) row.values.reduce((sum, y, index) => (row.sums[index] = sum + y), 0);
    return rows;
}

/** A colour of the theme as the canvas wants it: a variable alone would give its text. */
function ofTheme(box) {
    const probe = h('i', {hidden: true});
    box.append(probe);
    return named => {
        probe.style.color = `var(${named})`;
        return getComputedStyle(probe).color;
    };
}
