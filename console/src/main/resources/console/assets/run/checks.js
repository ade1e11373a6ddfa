// SPDX-License-Identifier: Apache-2.0
// What checks have found of a run: signs of a hack, which are looked for without anybody asking, and what people have asked for.

import {getIfThere} from '../api.js';
import {h} from '../dom.js';
import {plain} from '../format.js';

const MOST_LINKS = 6;

/** Nothing is asked for before a run has ended, nor where there is nobody to ask. */
export const readChecks = async (id, signal) =>
    (await getIfThere('/v2/qa/results', {query: {trace_ids: id}, signal}))?.results ?? [];

/** @param linkTo makes a link to an item of the timeline */
export function checksView(checks, items, linkTo) {
    if (!checks.length) return null;
    return h(
        'section.card.qa',
        h('h2', 'Checks'),
        checks.map(check =>
            h(
                'div.qa-check',
                h('h3', plain(check.check_key).replaceAll('_', ' '), h('span.badge', {class: badgeOf(check)}, verdictOf(check))),
                h('p.under', plain(check.error ?? check.result?.summary ?? '')),
                check.result?.findings.length > 0 &&
                    h(
                        'ul',
                        check.result.findings.map(finding =>
                            h('li', plain(finding.summary), ' ', evidence(finding.evidence_refs ?? [], items, linkTo)),
                        ),
                    ),
            ),
        ),
    );
}

const verdictOf = check => plain(check.verdict ?? check.status);

const badgeOf = ({verdict, status}) =>
    verdict === 'failed' ? 'is-error' : verdict === 'unknown' || status === 'error' ? 'is-warn' : null;

/** Links to the entries where it can be seen; what is not on the page yet has none. */
function evidence(ids, items, linkTo) {
    const seen = new Map();
    for (const id of ids) {
        const item = items.find(one => one.entry.id === id || one.calls?.some(call => call.answer?.id === id));
        if (item) seen.set(item.entry.id, item);
    }
    const links = [...seen.values()].map(item => linkTo(item, nameOf(item)));
    return links.slice(0, MOST_LINKS).flatMap((link, index) => (index ? [', ', link] : [link]));
}

const nameOf = item => (item.number ? `turn ${item.number}` : item.kind === 'turn' ? 'tool calls' : plain(item.kind));
