// SPDX-License-Identifier: Apache-2.0
// Forms: a name above each field, one message below, and a button that says what it does.

import {ApiError} from './api.js';
import {h, replace} from './dom.js';
import {notice} from './notice.js';

let fields = 0;

/** A field with its name, and a hint below it. `control` is an input, a select or a text area. */
export function field(name, control, {hint, wide} = {}) {
    const id = control.id || `field-${++fields}`;
    control.id = id;
    if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
    return h(
        'div.field',
        {class: wide && 'is-wide'},
        h('label', {for: id}, name),
        control,
        hint && h('p.hint', {id: `${id}-hint`}, hint),
    );
}

export const input = (name, value, attributes = {}) =>
    h('input', {name, value: value ?? '', autocomplete: 'off', spellcheck: 'false', ...attributes});

/** @param options texts, or `[value, text]` */
export function select(name, options, chosen, attributes = {}) {
    return h(
        'select',
        {name, ...attributes},
        options.map(option => {
            const [value, text] = Array.isArray(option) ? option : [option, option];
            return h('option', {value, selected: value === chosen}, text);
        }),
    );
}

export const check = (name, text, on, attributes = {}) =>
    h('label.check', h('input', {type: 'checkbox', name, checked: on, ...attributes}), h('span', text));

/**
 * A form that asks the platform for a change, and says what it answers if it refuses: at the field that it names, else below.
 *
 * @param submit is given the form's data; may throw an ApiError
 */
export function form(name, content, {action, cancel, submit}) {
    const message = h('p.form-message', {role: 'alert'});
    const button = h('button.button', {type: 'submit'}, action);
    return h(
        'form.form',
        {
            'aria-label': name,
            onsubmit: async event => {
                event.preventDefault();
                const asked = event.currentTarget;
                const typed = new FormData(asked);
                button.disabled = true;
                replace(message);
                for (const complaint of asked.querySelectorAll('.complaint')) complaint.remove();
                try {
                    await submit(typed);
                } catch (failure) {
                    if (!(failure instanceof ApiError)) throw failure;
                    if (!complain(asked, failure.message)) replace(message, failure.message);
                } finally {
                    button.disabled = false;
                }
            },
        },
        content,
        h('div.form-end', button, cancel && h('button.quiet', {type: 'button', onclick: cancel}, 'Leave it'), message),
    );
}

/** `name: must be …` stands at the field of that name, until it is typed in. Whether there is one. */
function complain(asked, detail) {
    const [, name, reason] = /^([\w.]+): (.+)$/s.exec(detail) ?? [];
    const control = name && asked.elements[name];
    const place = control instanceof Element && control.type !== 'hidden' && control.closest('.field');
    if (!place) return false;
    const described = control.getAttribute('aria-describedby');
    const complaint = h('p.complaint', {id: `${control.id}-complaint`, role: 'alert'}, `${reason[0].toUpperCase()}${reason.slice(1)}`);
    const clear = () => {
        complaint.remove();
        control.removeAttribute('aria-invalid');
        if (described) control.setAttribute('aria-describedby', described);
        else control.removeAttribute('aria-describedby');
    };
    place.querySelector('.complaint')?.remove();
    place.append(complaint);
    control.setAttribute('aria-invalid', 'true');
    control.setAttribute('aria-describedby', [complaint.id, described].filter(Boolean).join(' '));
    control.addEventListener('input', clear, {once: true});
    control.closest('details')?.setAttribute('open', '');
    control.focus();
    return true;
}

/** What is only there once it is asked for: a button, and the place where it opens `content`, which is given the way back. */
export function opened(text, content) {
    const place = h('div.opened');
    const close = () => {
        replace(place);
        button.hidden = false;
        button.focus();
    };
    const button = h(
        'button.button.is-second',
        {
            type: 'button',
            onclick: () => {
                button.hidden = true;
                replace(place, content(close));
                place.querySelector('input:not([type=hidden]), select, textarea')?.focus();
            },
        },
        text,
    );
    return {button, place};
}

/**
 * Two clicks, for what cannot be had back.
 *
 * @param label what exactly, for who does not see the row
 */
export function twoClicks({text, sure, keep = 'Keep', label, act, after}) {
    const place = h('span.revoke');
    const button = (words, onclick, spoken) =>
        h('button.quiet', {type: 'button', onclick, 'aria-label': spoken}, words);
    const ask = () => replace(place, button(text, confirm, label));
    const confirm = () => {
        replace(place, button(keep, ask), button(sure, go));
        place.lastChild.focus();
    };
    const go = async () => {
        replace(place, h('span.none', 'working…'));
        await attempt(
            async () => {
                await act();
                await after();
            },
            {after, otherwise: ask},
        );
    };
    ask();
    return place;
}

/** Does something, and says above the page why it was refused. */
export async function attempt(act, {after, otherwise} = {}) {
    try {
        return await act();
    } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        if (failure.status === 401) return after?.();
        otherwise?.();
        notice(failure.message);
    }
}
