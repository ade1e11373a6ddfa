// SPDX-License-Identifier: Apache-2.0
// The curves of a model that learns: its mean reward, and one metric of choice, over the steps from the first weights.

import {curves, swatch} from '../chart.js';
import {h, isStale, replace} from '../dom.js';
import {select} from '../form.js';
import {amountInShort, isNumber, plain, plural} from '../format.js';
import {nameOf, numberOf, placed, treeOf} from './tree.js';

/** What every checkpoint has, in the words of its table; all others go by their own names. */
const WORDS = {num_traces: 'runs', num_datums: 'datums', num_tokens: 'tokens', learning_rate: 'learning rate'};
const FIRST = ['loss:sum', 'kl_sample_train_v1', 'kl_sample_train_v2', 'clip_fraction', 'entropy', 'grad_norm', ...Object.keys(WORDS)];
/** The upper curve shows them. */
const SHOWN_ABOVE = new Set(['reward_mean', 'reward_std']);
const REWARD_HEIGHT = 190;
const TOLD = 5;

/** In the colours of their own places: the first is the model's, the second that of another model, then come branches. */
const OTHER = 1;
const BRANCHES = 2;

export function curvesCard({choose, signal}) {
    const legend = h('div.legend');
    const rewards = h('div');
    const choice = h('label.inline-field');
    const metrics = h('div');
    let drawn = new AbortController();
    const element = h(
        'div.card.chart-card',
        h('div.block-head', h('h3', 'Mean reward'), legend),
        rewards,
        h('div.block-head', choice),
        metrics,
        h(
            'p.quiet.chart-note',
            'Over steps from the first weights; the band is ± a standard deviation, as far as there were rewards. A click opens what went into a step.',
        ),
    );

    const draw = ({own, tree, compared, opened, of}) => {
        const names = metricsOf([...own, ...(compared?.checkpoints ?? [])]);
        const metric = names.includes(of) ? of : names[0];
        if (!isStale(element, JSON.stringify([own, compared, opened?.id, metric]))) return;
        drawn.abort();
        drawn = new AbortController();
        const lines = linesOf(tree, compared);
        drawLegend(legend, lines, compared);
        if (isStale(choice, JSON.stringify([names, metric]))) {
            const chosen = select('of', names.map(name => [name, plain(WORDS[name] ?? name)]), metric, {
                'aria-label': 'What is shown below the mean reward',
                onchange: () => choose({of: chosen.value}),
            });
            replace(choice, chosen);
        }
        const shared = {
            last: Math.max(...lines.map(line => line.places.length)),
            at: opened ? tree.depths.get(opened.id) : null,
            seek: depth => {
                const one = lines[0].places[depth - 1] ?? lines.map(line => !line.isOther && line.places[depth - 1]).find(Boolean);
                if (one) choose({checkpoint: one.id});
            },
            signal: AbortSignal.any([signal, drawn.signal]),
        };
        drawCurves(rewards, lines, {...shared, name: 'mean_reward', spread: 'reward_std', words: 'mean reward', height: REWARD_HEIGHT});
        drawCurves(metrics, lines, {...shared, name: metric, words: plain(WORDS[metric] ?? metric)});
    };

    return {element, draw};
}

/** `[{colour, text, places}]`, the model's way to its head first. */
function linesOf(tree, compared) {
    const other = compared && treeOf(compared.checkpoints);
    const last = Math.max(tree.last, other?.last ?? 0);
    const [main, ...branches] = tree.lines;
    return [
        {colour: 0, text: `up to ${tree.head ? 'the head, ' : ''}${nameOf(main.at(-1))}`, places: placed(main, tree, last)},
        ...(other?.lines.length
            ? [{colour: OTHER, text: compared.name, isOther: true, places: placed(other.lines[0], other, last)}]
            : []),
        ...branches.map((line, index) => ({
            colour: BRANCHES + index,
            text: `up to ${nameOf(line.at(-1))}`,
            places: placed(line, tree, last),
        })),
    ];
}

function metricsOf(checkpoints) {
    const own = new Set(checkpoints.flatMap(one => Object.keys(one.metrics ?? {})));
    const further = [...own].filter(name => !FIRST.includes(name) && !SHOWN_ABOVE.has(name)).sort();
    return [...FIRST.filter(name => own.has(name) || name in WORDS), ...further];
}

function drawLegend(place, lines, compared) {
    const told = lines.slice(0, TOLD);
    replace(
        place,
        told.map(line => h('span', swatch(null, line.colour), h('span.of', plain(line.text)))),
        lines.length > told.length && h('span', `and ${plural(lines.length - told.length, 'branch', 'branches')} more`),
        compared?.checkpoints.length === 0 && h('span', `${compared.name} has no checkpoints yet`),
    );
}

/** One curve for each line, and around the first a band of ± its spread. */
function drawCurves(place, lines, {name, spread, words, last, ...how}) {
    const values = lines.map(line => line.places.map(one => (one ? numberOf(one, name) : null)));
    if (!values.flat().some(isNumber)) {
        replace(place, h('p.none', `No step has a ${words}.`));
        return;
    }
    // no further than there were rewards: of zeros and ones, most of what is above one would be nobody's
    const edge = (sign, farthest, bound) =>
        lines[0].places.map((one, index) => {
            const deviation = one && numberOf(one, spread);
            if (!isNumber(values[0][index]) || !isNumber(deviation)) return null;
            return farthest(values[0][index] + sign * deviation, numberOf(one, bound) ?? sign * Infinity);
        });
    const band = spread ? [edge(1, Math.min, 'reward_max'), edge(-1, Math.max, 'reward_min')] : [];
    const told = index => [
        h('strong', `After ${plural(index + 1, 'step')}`),
        lines.map((line, place) => {
            const value = values[place][index];
            const one = line.places[index];
            // where a branch begins it is told of the line that it leaves
            if (!isNumber(value) || lines.findIndex(other => other.places[index] === one) < place) return null;
            const deviation = spread && numberOf(one, spread);
            const text = line.isOther ? `${nameOf(one)} of ${line.text}` : nameOf(one);
            return h(
                'span',
                swatch(null, line.colour),
                h('span.of', plain(text)),
                h('b', exact(value), isNumber(deviation) && ` ± ${exact(deviation)}`),
            );
        }),
    ];
    curves(place, {
        // the first is drawn last, over all others
        data: [Array.from({length: last}, (_, index) => index + 1), ...band, ...values.toReversed()],
        last,
        colours: lines.map(line => line.colour).reverse(),
        told,
        short: inShort,
        label: `Curves of ${words} over steps; the table below says the same in numbers`,
        ...how,
    });
}

const inShort = value => (Math.abs(value) >= 10_000 ? amountInShort(value) : String(Number(value.toPrecision(6))));
const exact = value => (Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(4))));
