// SPDX-License-Identifier: Apache-2.0
// Content blocks of messages and tool results, and values of any shape.

import {h} from '../dom.js';
import {bytes, isNumber, json, plain} from '../format.js';
import {longText} from '../parts.js';
import {bytesOf, pictureOf, pictureView} from '../screen/picture.js';

export function blockView(block) {
    if (typeof block === 'string') return prose(block);
    switch (block?.type) {
        case 'text':
            return prose(block.text);
        case 'image':
            return image(block);
        case 'audio':
            return download(block.data, block.mimeType, 'audio');
        case 'resource_link':
            return h('p.resource', 'Resource ', h('code', plain(block.uri)));
        case 'resource':
            return h(
                'div.resource',
                h('p', 'Resource ', h('code', plain(block.resource?.uri))),
                block.resource?.text !== undefined && longText(block.resource.text),
            );
        default:
            return valueView(block);
    }
}

export const messagesView = messages =>
    messages.map((message, index, all) =>
        h(
            'div.message',
            (all.length > 1 || message.role !== 'user') && h('h4', plain(message.role)),
            [message.content].flat().map(blockView),
        ),
    );

export const prose = text => longText(text, {lines: 60, characters: 12_000, selector: 'div.prose'});

/** Only pictures of known kinds and sizes are drawn; all else is offered as a file. */
function image(block) {
    const picture = pictureOf(block);
    if (picture) return pictureView(picture, {alt: 'Image of this step'});
    return download(block.data, block.mimeType, 'image');
}

/** Made by an agent: handed out as a file of no type that a browser would open on this origin. */
export function download(base64, type, name) {
    const content = typeof base64 === 'string' ? bytesOf(base64) : null;
    const blob = content && new Blob([content], {type: 'application/octet-stream'});
    const about = `${plain(name)} (${plain(type ?? 'unknown type')}${blob ? `, ${bytes(blob.size)}` : ''})`;
    if (!blob) return h('p.none', about);
    const file = String(name).split('/').at(-1);
    return h('p', h('button.more', {type: 'button', onclick: () => save(blob, file)}, `Download ${about}`));
}

/** The file has an address only while it is being saved. */
function save(blob, file) {
    const address = URL.createObjectURL(blob);
    h('a', {href: address, download: file}).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** What is too large for a list is only said to be there. */
export const isOmitted = entry => isNumber(entry?.omitted_bytes);

export const omittedView = entry => h('span.none', `${bytes(entry.omitted_bytes)}, ${entry.removed ? 'deleted by now' : 'too large to show'}`);

/** A value of any shape: names and values for an object, JSON for what nests deeper. */
export function valueView(value) {
    if (value === null || value === undefined) return h('span.none', String(value));
    if (typeof value === 'string') return longText(value, {selector: 'pre.plain'});
    if (typeof value !== 'object') return h('span.mono', String(value));
    const entries = Object.entries(value);
    const flat =
        !Array.isArray(value) &&
        entries.length > 0 &&
        entries.length <= 24 &&
        entries.every(([, v]) => v === null || typeof v !== 'object' || small(v));
    if (!flat) return longText(json(value));
    return h(
        'dl.values',
        entries.map(([name, v]) => h('div', h('dt', plain(name)), h('dd', leaf(v)))),
    );
}

const small = value => JSON.stringify(value).length <= 80;

function leaf(value) {
    if (typeof value === 'string') return longText(value, {selector: 'pre.plain'});
    if (isNumber(value) || typeof value === 'boolean' || value === null) return h('span.mono.literal', String(value));
    return h('span.mono', plain(JSON.stringify(value)));
}
