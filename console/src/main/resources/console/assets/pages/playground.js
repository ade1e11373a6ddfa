// SPDX-License-Identifier: Apache-2.0
// Any model in any dialect, with the bytes that go and come.

import {getAll} from '../api.js';
import {h, replace} from '../dom.js';
import {plain} from '../format.js';
import {emptyState} from '../parts.js';
import {mayCallModels, user} from '../session.js';
import {answerPlaces, drawBooked, drawCall} from '../playground/answer.js';
import {asking} from '../playground/asking.js';
import {requestPane} from '../playground/request.js';

const QUESTION = 'How many times does the letter r occur in strawberry?';

export async function playgroundPage({root, title, query, signal}) {
    title('Playground');
    const head = h('header.page-head', h('div', h('h1', 'Playground')));
    if (!mayCallModels()) {
        replace(root, head, onlyLooking());
        return;
    }
    const {items: models} = await getAll('/v2/models', {size: 100, signal});
    const model = query.get('model') ?? models[0]?.model_name;
    if (!model) {
        replace(root, head, noModels());
        return;
    }

    const drawRequest = () => {
        const asked = form.conversation();
        request.draw(form.dialect().path(asked), form.dialect().request(asked));
    };
    const request = requestPane(() => drawRequest());
    const form = asking({models, model, dialect: query.get('dialect') ?? 'chat', changed: () => drawRequest()});
    const places = answerPlaces();
    let calling = null;
    let said = null;

    const send = h('button.button', {type: 'submit', title: 'Control and Enter'}, 'Send');
    const stop = () => calling?.abort();
    const cancel = h('button.button.is-second', {type: 'button', hidden: true, onclick: stop}, 'Cancel');
    const goOn = h('button.quiet', {type: 'button', hidden: true}, 'Go on from this answer');
    goOn.addEventListener('click', () => {
        form.addTurn('assistant', said);
        form.addTurn('user').focus();
        goOn.hidden = true;
    });

    const call = async () => {
        if (calling) return;
        calling = new AbortController();
        send.hidden = true;
        cancel.hidden = false;
        goOn.hidden = true;
        const result = await drawCall(places, {
            path: form.dialect().path(form.conversation()),
            body: request.body(),
            dialect: form.dialect(),
            signal: AbortSignal.any([calling.signal, signal]),
        });
        calling = null;
        if (signal.aborted) return;
        send.hidden = false;
        cancel.hidden = true;
        said = result.said;
        goOn.hidden = !said || request.isByHand();
        await drawBooked(places.ledger, result, signal).catch(() => {}); // the times of this browser stay
    };

    replace(
        root,
        head,
        h(
            'form.playground',
            {
                'aria-label': 'A call of a model',
                onsubmit: event => {
                    event.preventDefault();
                    call();
                },
                onkeydown: event => {
                    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
                    event.preventDefault();
                    call();
                },
            },
            h('section.card.ask', {'aria-label': 'What is asked'}, form.fields, h('div.form-end', send, cancel)),
            h(
                'section.card.answer',
                {'aria-label': 'What is answered'},
                h('div.pane-head', h('h2', 'Answer'), goOn),
                places.said,
                places.ledger,
            ),
            request.pane,
            h(
                'section.card.pane',
                {'aria-label': 'The answer as it came'},
                h('div.pane-head', h('h2', 'Raw answer'), places.copy),
                places.head,
                h('div.raw-answer', {tabindex: 0, role: 'region', 'aria-label': 'Raw answer'}, places.raw),
            ),
        ),
    );
    signal.addEventListener('abort', stop, {once: true});
    form.addTurn('user', QUESTION);
}

const onlyLooking = () =>
    emptyState(
        user().role === 'viewer' ? 'Calling models takes a member' : 'This sign-in calls no models',
        h(
            'p',
            user().role === 'viewer'
                ? 'Your role in this team is viewer: you may look at models, and at what calls of them cost.'
                : `You signed in with a key that opens ${plain(user().scopes.join(', '))} alone; calling models takes the scope models.`,
        ),
    );

const noModels = () =>
    emptyState(
        'No models yet',
        h('p', 'There is none to call. ', h('a', {href: '/models'}, 'Where models come from'), '.'),
    );
