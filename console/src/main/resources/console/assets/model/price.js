// SPDX-License-Identifier: Apache-2.0
// What a model costs: the team's own prices win, then those that come with the platform, the latest first.

import {h} from '../dom.js';
import {isNumber, money, plain} from '../format.js';

/** `[{upstream, line, since, own}]`, one for each upstream; `line` is null where nobody knows its price. */
export function pricesOf(model, served, prices) {
    if (!prices) return [];
    const own = (prices.items ?? []).map(one => ({...one, pattern: one.match, line: one.price, own: true}));
    const listed = (prices.listed ?? []).flatMap(one =>
        [one.match].flat().map(pattern => ({...one, pattern, line: one, own: false})),
    );
    const today = new Date().toISOString().slice(0, 10);
    return served.map(({name, as}) => {
        const names = [model, as].filter(Boolean);
        const fits = price =>
            price.since <= today &&
            (!price.upstream || price.upstream === name) &&
            names.some(one => matches(price.pattern, one));
        const best = [own, listed].map(list => list.filter(fits).sort(better)[0]).find(Boolean);
        return {upstream: name, line: best?.line ?? null, since: best?.since, own: best?.own};
    });
}

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

export function priceText(found) {
    if (!found.length) return null;
    const texts = found.map(({upstream, line, since, own}) => [
        found.length > 1 && h('strong', `${plain(upstream)}: `),
        line
            ? [
                  `${money(line.input)} in, ${money(line.output)} out`,
                  isNumber(line.cache_read) && `, ${money(line.cache_read)} from a cache`,
                  ' for a million tokens',
                  line.tiers?.length > 0 && ', more for long inputs',
                  h('span.sub', `${own ? 'the team’s own price' : 'from the list of the platform'}, since ${since}`),
              ]
            : h('span.is-warn', 'unknown: calls are booked without a cost'),
    ]);
    return texts.map(text => h('div', text));
}
