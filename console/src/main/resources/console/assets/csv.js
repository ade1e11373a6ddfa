// SPDX-License-Identifier: Apache-2.0
// Tables as files, by RFC 4180.

import {attempt} from './form.js';
import {h} from './dom.js';

/** Spreadsheets take some texts for formulas and run them: what looks like one gets a quote before it. */
function cell(value) {
    if (value === null || value === undefined) return '';
    const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[,"\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csv = lines => lines.map(line => line.map(cell).join(',')).join('\r\n') + '\r\n';

/** A button that saves a table, once all of its lines have come. */
export const csvButton = (name, lines) =>
    h('button.quiet.end', {type: 'button', onclick: () => attempt(async () => save(name, csv(await lines())))}, 'CSV');

function save(name, text) {
    const address = URL.createObjectURL(new Blob([text], {type: 'text/csv;charset=utf-8'}));
    h('a', {href: address, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** All rows of a list that is read by its cursor. */
export const allOf = async ask => (await firstOf(ask, Infinity)).rows;

/** Its first rows, until there are so many, and whether there are others. */
export async function firstOf(ask, most) {
    const rows = [];
    let cursor = null;
    do {
        const page = await ask(cursor);
        rows.push(...page.items);
        cursor = page.next;
    } while (cursor && rows.length < most);
    return {rows, isCut: Boolean(cursor)};
}
