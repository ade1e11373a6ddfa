// SPDX-License-Identifier: Apache-2.0
// What a model costs: the team's own prices win, then the operator's, then those that come with the platform.

const WHOSE = {own: 'the team’s own', everybody: 'the operator’s', listed: 'from the platform’s list'};

/**
 * All prices that fit a model, in the order in which they count where several do.
 *
 * @returns `[{id, whose, pattern, upstream, since, line, counts, later}]`; `counts`: for one of the model's upstreams, today;
 * `later`: its day is yet to come
 */
export function pricesOf(model, served, answer) {
    const stored = (list, whose) => (list ?? []).map(one => ({...one, whose, pattern: one.match, line: one.price}));
    const all = [
        ...stored(answer.items, 'own'),
        ...stored(answer.everybody, 'everybody'),
        ...(answer.listed ?? []).flatMap(one =>
            [one.match].flat().map(pattern => ({...one, whose: 'listed', pattern, line: one})),
        ),
    ];
    const today = new Date().toISOString().slice(0, 10);
    const ranks = Object.keys(WHOSE);
    const fitting = all
        .filter(price => served.some(upstream => fits(price, model, upstream)))
        .map(price => ({...price, later: price.since > today}))
        .sort((a, b) => ranks.indexOf(a.whose) - ranks.indexOf(b.whose) || better(a, b));
    const counting = served.map(upstream => fitting.find(price => !price.later && fits(price, model, upstream)));
    return fitting.map(price => ({...price, counts: counting.includes(price)}));
}

export const isUnpriced = (model, served, prices) =>
    served.filter(upstream => !prices.some(price => !price.later && fits(price, model, upstream)));

export const whoseWords = price => WHOSE[price.whose];

const fits = (price, model, {name, as}) =>
    (!price.upstream || price.upstream === name) &&
    [model, as].filter(Boolean).some(one => matches(price.pattern, one));

/** As the platform matches them: the whole name, or what stands behind its last slash. */
const matches = (pattern, name) => [name, name.slice(name.lastIndexOf('/') + 1)].some(one => glob(pattern).test(one));
const glob = pattern =>
    new RegExp(
        `^${pattern
            .split('*')
            .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
            .join('.*')}$`,
        'i',
    );
const better = (a, b) =>
    Boolean(b.upstream) - Boolean(a.upstream) || b.pattern.length - a.pattern.length || b.since.localeCompare(a.since);
