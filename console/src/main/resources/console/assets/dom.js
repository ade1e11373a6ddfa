// SPDX-License-Identifier: Apache-2.0
// Makes elements. Text always becomes a text node and links lead to http(s) or to this origin only,
// so whatever a run wrote stays text.

const SVG = 'http://www.w3.org/2000/svg';

/** An element: `h('a.name', {href: '/jobs'}, 'Jobs')`. Children may be nodes, texts, arrays, or nothing. */
export function h(selector, attributes, ...children) {
    const [tag, ...classes] = selector.split('.');
    const element = document.createElement(tag);
    if (classes.length) element.className = classes.join(' ');
    if (attributes && (attributes instanceof Node || typeof attributes !== 'object' || Array.isArray(attributes))) {
        children.unshift(attributes);
        attributes = null;
    }
    for (const [name, value] of Object.entries(attributes ?? {})) set(element, name, value);
    append(element, children);
    return element;
}

export function svg(tag, attributes = {}, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    append(element, children);
    return element;
}

function set(element, name, value) {
    if (value === null || value === undefined || value === false) return;
    if (name === 'class') element.className = [element.className, value].filter(Boolean).join(' ');
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name === 'vars') for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'href') {
        if (isSafe(value)) element.setAttribute('href', value);
    } else element.setAttribute(name, value === true ? '' : value);
}

function isSafe(address) {
    try {
        return ['http:', 'https:', 'blob:'].includes(new URL(address, location.origin).protocol);
    } catch {
        return false;
    }
}

function append(element, children) {
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined || child === false || child === '') continue;
        element.append(child instanceof Node ? child : String(child));
    }
}

export function replace(element, ...children) {
    element.replaceChildren();
    append(element, children);
    return element;
}

const drawnFor = new WeakMap();

/** Whether an element has to be drawn anew: false as long as the signature is the one of the last time. */
export function isStale(element, signature) {
    const stale = drawnFor.get(element) !== signature;
    drawnFor.set(element, signature);
    return stale;
}

const rendered = new WeakMap();

/**
 * Brings the children of `parent` in line with `items`, touching only those whose signature changed, so a page that
 * refreshes itself keeps focus, selection and scroll position. Folds that a reader opened stay open.
 */
export function keyed(parent, items, {key, signature, render}) {
    const before = new Map();
    for (const child of parent.children) if (rendered.has(child)) before.set(rendered.get(child).key, child);
    let place = parent.firstElementChild;
    for (const item of items) {
        const itemKey = key(item);
        const itemSignature = signature(item);
        let node = before.get(itemKey);
        before.delete(itemKey);
        if (!node || rendered.get(node).signature !== itemSignature) {
            const fresh = render(item);
            rendered.set(fresh, {key: itemKey, signature: itemSignature});
            if (node) {
                keepFolds(node, fresh);
                if (place === node) place = fresh;
                const refocus = focusIn(node);
                node.replaceWith(fresh);
                refocus?.(fresh);
            }
            node = fresh;
        }
        if (place === node) place = node.nextElementSibling;
        else parent.insertBefore(node, place);
    }
    for (const gone of before.values()) gone.remove();
    while (place) {
        const next = place.nextElementSibling;
        if (!rendered.has(place)) place.remove();
        place = next;
    }
}

const FOCUSABLE = 'a[href], button, summary, input';

/** Where the focus is within a node, as a function that puts it to the same place of another. */
function focusIn(node) {
    const focused = document.activeElement;
    if (!node.contains(focused)) return null;
    const index = [...node.querySelectorAll(FOCUSABLE)].indexOf(focused);
    return fresh => (index < 0 ? fresh : fresh.querySelectorAll(FOCUSABLE)[index])?.focus({preventScroll: true});
}

function keepFolds(from, to) {
    const states = new Map();
    for (const fold of from.querySelectorAll('details[data-fold]')) states.set(fold.dataset.fold, fold.open);
    for (const fold of to.querySelectorAll('details[data-fold]')) {
        if (states.has(fold.dataset.fold)) fold.open = states.get(fold.dataset.fold);
    }
}
