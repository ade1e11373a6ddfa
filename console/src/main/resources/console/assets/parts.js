// SPDX-License-Identifier: Apache-2.0
// What several pages show alike.

import {h, replace} from './dom.js';
import {age, fullTime, isNumber, plain, reward, shortId, time} from './format.js';

const STATUS_WORDS = {pending: 'queued', initializing: 'starting', error: 'error'};
const ENDED = new Set(['completed', 'error', 'cancelled']);
const WAITING = new Set(['queued', 'pending']);

export const hasEnded = status => ENDED.has(status);
export const statusGroup = status =>
    ENDED.has(status) ? status : WAITING.has(status) ? 'queued' : status ? 'running' : 'unknown';

export function statusPill(status) {
    const group = statusGroup(status);
    return h(
        'span.status',
        {class: `is-${status === 'cancelling' ? 'cancelled' : group}`},
        h('i', {'aria-hidden': 'true'}),
        plain(STATUS_WORDS[status] ?? status ?? 'unknown'),
    );
}

/** "Ungraded" is a word of its own: a run without a grade has no reward, not a reward of 0. */
export function rewardText(value, status) {
    if (isNumber(value)) return h('span.reward', reward(value));
    if (status !== undefined && !hasEnded(status)) return h('span.none', {title: 'Not graded yet'}, '–');
    return h('span.ungraded', {title: 'No grade is on record for this run'}, 'ungraded');
}

export function rewardBar(value) {
    if (!isNumber(value)) return null;
    const share = Math.max(0, Math.min(1, value));
    return h(
        'span.bar',
        {'aria-hidden': 'true', class: value < 0 && 'is-negative'},
        h('i', {vars: {'--share': `${share * 100}%`}}),
    );
}

export const isScripted = (...names) => names.some(name => typeof name === 'string' && /^scripted(\/|$)/i.test(name));

export const scriptedBadge = () =>
    h('span.badge.is-scripted', {title: 'Played by a script file. No model was asked.'}, 'scripted');

export function modelName(model) {
    if (!model || model === 'unknown') return h('span.none', '–');
    return h('span.model', h('span.mono', plain(model)), isScripted(model) && scriptedBadge());
}

/** An age that keeps itself right, with the full time as its title. */
export function ageText(moment) {
    if (time(moment) === null) return h('span.none', '–');
    return h(
        'time',
        {datetime: new Date(time(moment)).toISOString(), title: fullTime(moment), data: {age: ''}},
        age(moment),
    );
}

setInterval(() => {
    for (const element of document.querySelectorAll('time[data-age]')) {
        const text = age(element.dateTime);
        if (element.textContent !== text) element.textContent = text;
    }
}, 5000);

export function crumbs(...steps) {
    return h(
        'nav.crumbs',
        {'aria-label': 'Where this is'},
        steps.map(([name, address], index) => [
            index > 0 && h('span.sep', {'aria-hidden': 'true'}, '/'),
            address ? h('a', {href: address}, plain(name)) : h('span', plain(name)),
        ]),
    );
}

export function idText(id) {
    return h('span.id', h('code', id), copyButton(id, 'Copy the id'));
}

/** @param text what is copied, or a function that gives it when the button is pressed */
export function copyButton(text, label = 'Copy') {
    const button = h(
        'button.copy',
        {
            type: 'button',
            'aria-label': label,
            title: label,
            onclick: async () => {
                button.textContent = (await copied(typeof text === 'function' ? text() : text)) ? 'copied' : 'not allowed';
                setTimeout(() => {
                    button.textContent = 'copy';
                }, 1500);
            },
        },
        'copy',
    );
    return button;
}

/** Browsers give the clipboard to https and to this machine only; elsewhere the old way still works. */
async function copied(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const area = h('textarea.off-screen', {'aria-hidden': 'true'});
        area.value = text;
        document.body.append(area);
        area.select();
        const done = document.execCommand('copy');
        area.remove();
        return done;
    }
}

export const snippet = text => h('div.snippet', h('pre', {tabindex: 0}, text), copyButton(text));

export const emptyState = (title, ...content) => h('section.empty', h('h2', title), content);

export function table(label, heads, body) {
    return h(
        'div.scroll',
        h(
            'table',
            {'aria-label': label},
            h(
                'thead',
                h(
                    'tr',
                    heads.map(head =>
                        h('th', {scope: 'col', class: head.class, 'aria-label': head.name, 'aria-sort': head.sorted}, head.text ?? head),
                    ),
                ),
            ),
            body,
        ),
    );
}

/** A cell carries its column's name: narrow screens lay rows out as cards. */
export const cell = (name, content, options = {}) => h('td', {class: options.class, data: {name}}, content);

/** A number, large, with what it is above it and a word on it below. */
export const figure = (name, value, ...under) => h('div.figure', h('p.name', name), h('p.value', value), h('p.under', under));

export function pager({offset, limit, total, address}) {
    if (total <= limit && !offset) return null;
    const last = Math.min(total, offset + limit);
    const link = (text, to, rel) => (to === null ? h('span.off', text) : h('a', {href: address(to), rel}, text));
    return h(
        'nav.pager',
        {'aria-label': 'Further pages'},
        link('← Newer', offset > 0 ? Math.max(0, offset - limit) : null, 'prev'),
        h('span', `${offset + 1}–${last} of ${total}`),
        link('Older →', last < total ? offset + limit : null, 'next'),
    );
}

export function facts(rows) {
    return h(
        'dl.facts',
        rows
            .filter(row => ![null, undefined, false, ''].includes(row[1]))
            .map(([name, value]) => h('div', h('dt', name), h('dd', value))),
    );
}

/** Long text: its beginning, and a button for the rest. */
export function longText(text, {lines = 24, characters = 6000, selector = 'pre'} = {}) {
    const whole = plain(text);
    const all = whole.split('\n');
    const start = all.slice(0, lines).join('\n').slice(0, characters);
    const pre = h(selector, start);
    if (start.length === whole.length) return pre;
    const more = h(
        'button.more',
        {
            type: 'button',
            onclick: () => {
                pre.textContent = whole;
                more.remove();
            },
        },
        all.length > lines ? `Show all ${all.length} lines` : `Show all ${whole.length} characters`,
    );
    return h('div.long', pre, more);
}

export function fold(name, summary, content, {open = false} = {}) {
    const body = h('div.fold-body');
    const filled = () => {
        if (!body.childNodes.length) replace(body, content());
    };
    const element = h(
        'details',
        {
            data: {fold: name},
            open,
            ontoggle: () => {
                if (element.open) filled();
            },
        },
        h('summary', summary),
        body,
    );
    if (open) filled();
    return element;
}
