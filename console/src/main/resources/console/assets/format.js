// SPDX-License-Identifier: Apache-2.0
// How values read on the screen.

const number = new Intl.NumberFormat('en', {maximumFractionDigits: 3});
const date = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium'});
const moment = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'medium'});

export const isNumber = value => typeof value === 'number' && Number.isFinite(value);

/** Three decimals, as the client prints rewards. A missing reward has no number: callers say "ungraded". */
export const reward = value => value.toFixed(3);

export const amount = value => number.format(value);

export const plural = (count, noun, many = noun + 's') => `${amount(count)} ${count === 1 ? noun : many}`;

export const shortId = id =>
    textOf(id)
        .replaceAll('-', '')
        .slice(0, 8);

/** Ids arrive as 32 hex digits or as dashed UUIDs, in any case; both mean the same. */
export function canonicalId(text) {
    const hex = text.replace(/[{}-]/g, '').toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(hex)) return text;
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function time(text) {
    const millis = typeof text === 'number' ? text : Date.parse(typeof text === 'string' ? text : '');
    return Number.isNaN(millis) ? null : millis;
}

export const fullTime = text => (time(text) === null ? '' : moment.format(time(text)));

export const day = text => (time(text) === null ? '' : date.format(time(text)));

export function age(text, now = Date.now()) {
    const then = time(text);
    if (then === null) return '–';
    const seconds = Math.max(0, (now - then) / 1000);
    if (seconds < 5) return 'just now';
    if (seconds < 60) return `${Math.floor(seconds)} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
    if (seconds < 14 * 86400) return `${Math.floor(seconds / 86400)} d ago`;
    return date.format(then);
}

/** The day on which that is for the viewer, as a date field has it; empty: it is no time. */
export function localDay(moment) {
    if (time(moment) === null) return '';
    const date = new Date(time(moment));
    return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

/** When that day of the viewer's begins, or one that comes so many days later. */
export function startOfDay(text, later = 0) {
    const date = new Date(`${text}T00:00`);
    date.setDate(date.getDate() + later);
    return date.toISOString();
}

export function duration(millis) {
    if (!isNumber(millis)) return '–';
    const ms = Math.max(0, millis);
    if (ms < 1000) return `${Math.round(ms)} ms`;
    if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
    const minutes = Math.floor(ms / 60_000);
    if (minutes < 60) return `${minutes} min ${String(Math.floor(ms / 1000) % 60).padStart(2, '0')} s`;
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

export function between(start, end) {
    const from = time(start);
    const to = time(end);
    // An end may precede its start by microseconds; that is no time, not a negative one.
    return from === null || to === null ? null : Math.max(0, to - from);
}

const dollars = new Intl.NumberFormat('en', {style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits: 9});
const cents = new Intl.NumberFormat('en', {style: 'currency', currency: 'USD'});
const small = new Intl.NumberFormat('en', {style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumSignificantDigits: 3});
const compact = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});

/** To the nano-dollar, as it was booked. What nobody knows is not 0. */
export const money = value => (isNumber(value) ? dollars.format(value) : 'unknown');

/** To the cent, or three digits of what is less than a dollar: for where there is no room. */
export const moneyInShort = value => (isNumber(value) ? (Math.abs(value) >= 1 || !value ? cents : small).format(value) : 'unknown');

/** 12.3K: for where there is no room. */
export const amountInShort = value => compact.format(value);

export const count = value => (isNumber(value) ? amount(value) : '–');

export function bytes(count) {
    if (!isNumber(count)) return '–';
    if (count < 1024) return `${count} B`;
    if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`;
    if (count < 1024 ** 3) return `${(count / 1024 ** 2).toFixed(1)} MiB`;
    return `${(count / 1024 ** 3).toFixed(1)} GiB`;
}

/** Of any value, also of one that a run made up where a text should stand: not all of them can be made texts. */
export const textOf = value => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? ''));

/**
 * Text of a run, made harmless to read: colour codes of terminals go, other control characters and the ones that
 * turn the direction of writing become visible.
 */
export function plain(text) {
    return textOf(text)
        .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '')
        .replace(/\r\n/g, '\n')
        .replace(/[\u0000-\u0008\u000b-\u001f]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
        .replace(/\u007f/g, '\u2421')
        .replace(/[\u202a-\u202e\u2066-\u2069]/g, c => `⟨U+${c.charCodeAt(0).toString(16).toUpperCase()}⟩`);
}

export const json = value => plain(JSON.stringify(value, null, 2));
