// SPDX-License-Identifier: Apache-2.0
// What a run did, to be read: its steps or its terminal, the bar that is moved through them, the search in them.

import {h, replace} from '../dom.js';
import {amount, fullTime} from '../format.js';
import {nothingView, rowsOf, titleOf, updateRobot} from './entries.js';
import {highlight} from './highlight.js';
import {jsonButton} from './json.js';
import {listenToKeys} from './keys.js';
import {player} from './player.js';
import {search} from './search.js';
import {shellRow, shellRows} from './shell.js';
import {stepOf, stepsOf} from './steps.js';
import {strip} from './strip.js';
import {windowed} from './window.js';

const VIEWS = {timeline: 'Timeline', terminal: 'Terminal'};
/** Browsers refuse to change an address a hundred times in some seconds. */
const ADDRESS_MS = 300;

/** The row that stands where there is none. */
const NOTHING = {id: 'nothing', step: -2};

/** @param readOn reads more of a run than is held of it otherwise */
export function track({query, id, signal, readOn}) {
    let view = query.get('view') in VIEWS ? query.get('view') : 'timeline';
    let wanted = query.get('step');
    let drawn = null;
    let steps = [];
    let hits = new Set();
    let needle = '';
    let rows = null;
    let leaveView = new AbortController();

    const chips = h('div.chips', {role: 'group', 'aria-label': 'How the run is shown'});
    const place = h('div.rows');
    const further = h('div');
    const said = h('p.off-screen', {role: 'status'});
    const bar = player({titleOf, moved, signal});
    const pictures = strip({go: index => bar.go(index)});
    const finder = search({
        find: query.get('find') ?? '',
        here: () => bar.at(),
        go: index => bar.go(index),
        changed: (found, text) => {
            hits = found;
            needle = text;
            rows?.remark();
            lightUp();
            inAddress({find: text || null});
        },
        readOn,
        signal,
    });
    const keys = listenToKeys(
        [
            ['j', 'j', 'next step', () => bar.move(1, {focuses: true})],
            ['ArrowRight', '→', 'next step', () => bar.move(1, {focuses: true})],
            ['k', 'k', 'step before', () => bar.move(-1, {focuses: true})],
            ['ArrowLeft', '←', 'step before', () => bar.move(-1, {focuses: true})],
            [' ', 'space', 'plays, and pauses', bar.toggle],
            ['/', '/', 'searches', () => finder.input.focus({preventScroll: true})],
            ['n', 'n', 'next step that was found', () => finder.next(1)],
            ['N', 'N', 'step before that was found', () => finder.next(-1)],
            ['t', 't', 'timeline or terminal', () => use(view === 'terminal' ? 'timeline' : 'terminal')],
        ],
        signal,
    );
    const playing = h('section.player', {'aria-label': 'Playback'}, bar.element, pictures.element);
    // Where there is little room the search is there for whoever wants it.
    const opener = h(
        'button.more.opener',
        {
            type: 'button',
            'aria-expanded': 'false',
            onclick: () => {
                const isOpen = playing.classList.toggle('is-searching');
                opener.setAttribute('aria-expanded', String(isOpen));
                if (isOpen) finder.input.focus({preventScroll: true});
            },
        },
        'Search',
    );
    playing.classList.toggle('is-searching', finder.text() !== '');
    bar.controls.append(opener, finder.element, keys);
    const element = h('div.reading', chips, playing, said, place, further);

    function use(name) {
        view = name;
        inAddress({view: name === 'timeline' ? null : name});
        if (!drawn) return;
        draw();
        const row = bar.at() >= 0 ? rows.show(rowOf(bar.at())) : null;
        if (row) reveal(row);
    }

    /** A list for each view: what is drawn in one is of no use in another. */
    function listOf(name) {
        leaveView.abort();
        leaveView = new AbortController();
        replace(place);
        place.className = `rows is-${name}`;
        return windowed(place, {
            selector: name === 'terminal' ? 'ol.shell' : 'ol.timeline',
            mark,
            stays: row => row.item?.kind === 'robot',
            signal: AbortSignal.any([signal, leaveView.signal]),
        });
    }
    let listed = null;

    function mark(element, row) {
        const index = row.step ?? row.index;
        const isCurrent = index === bar.at();
        element.classList.toggle('is-current', isCurrent);
        element.classList.toggle('is-hit', hits.has(index));
        if (isCurrent) element.setAttribute('aria-current', 'step');
        else element.removeAttribute('aria-current');
    }

    /** In a terminal the row of a step without one is that of the next, or the last. */
    function rowOf(index) {
        if (view !== 'terminal') return index;
        const row = rows.rows().findIndex(({step}) => step >= index);
        return row < 0 ? rows.rows().length - 1 : row;
    }

    function moved(index, {isPlayed, isScrubbed, focuses}) {
        rows.remark();
        pictures.show(index);
        const row = rows.show(rowOf(index));
        if (row) {
            reveal(row);
            if (hits.has(index)) unfold(row);
            if (focuses) row.querySelector('a.offset')?.focus({preventScroll: true});
        }
        lightUp();
        finder.tell();
        const {item} = steps[index];
        if (!isPlayed && !isScrubbed && !focuses)
            said.textContent = `Step ${index + 1} of ${steps.length}: ${titleOf(item)}`;
        inAddress({step: item.entry.id});
    }

    /** Below all that lies over the page. */
    function reveal(row) {
        const lies = getComputedStyle(playing).position === 'sticky' ? playing.offsetHeight : 0;
        const above = document.getElementById('top').offsetHeight + lies + 14;
        scrollTo(0, scrollY + row.getBoundingClientRect().top - above);
    }

    /** What was found may stand where nobody has opened it. */
    function unfold(row) {
        if (row.innerText.toLowerCase().includes(needle)) return;
        for (const fold of row.querySelectorAll('details')) fold.open = true;
        for (const more of row.querySelectorAll('.long > .more')) more.click();
        // What a fold holds is drawn when it has opened.
        setTimeout(lightUp, 50);
    }

    /** The letters themselves, in the step that is looked at. */
    const lightUp = () => highlight(hits.has(bar.at()) ? rows?.show(rowOf(bar.at())) : null, needle);

    const linkTo = (item, text) => {
        const search = new URLSearchParams(location.search);
        search.set('step', item.entry.id);
        return h(
            'a.offset',
            {
                href: `${location.pathname}?${search}${location.hash}`,
                title: `A link to this step. ${fullTime(item.entry.started_at)}`,
                'aria-label': `${titleOf(item)}, ${text}`,
                onclick: event => {
                    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                    event.preventDefault();
                    bar.stop();
                    bar.go(stepOf(steps, item.entry.id));
                },
            },
            text,
        );
    };

    const linked = (item, since) => h('span.entry-tools', jsonButton(item), linkTo(item, since ?? 'link'));

    function draw() {
        const {timeline, running} = drawn;
        if (listed !== view) {
            rows = listOf(view);
            listed = view;
        }
        steps = stepsOf(timeline);
        const shells = shellRows(steps);
        replace(
            chips,
            Object.entries(VIEWS).map(([name, text]) =>
                h(
                    'button.chip',
                    {type: 'button', 'aria-pressed': String(name === view), onclick: () => use(name)},
                    text,
                    h('span.count', amount(name === 'terminal' ? shells.length : steps.length)),
                ),
            ),
        );
        chips.hidden = !shells.length && view === 'timeline';
        bar.take(steps, {among: view === 'terminal' ? [...new Set(shells.map(({step}) => step))] : null, running});
        if (view === 'terminal')
            rows.draw(shells.length ? shells : [NOTHING], {
                key: row => row.id,
                signature: row => `${row.step} ${Boolean(row.call?.answer)}`,
                render: row =>
                    row === NOTHING
                        ? h('li.shell-row.none', 'No shell was called.')
                        : shellRow(row, linkTo(steps[row.step].item, `step ${row.step + 1}`)),
            });
        else {
            const how = rowsOf({timeline, running, signal, linked});
            rows.draw(steps.length ? steps : [NOTHING], {
                key: row => (row === NOTHING ? row.id : how.key(row.item)),
                signature: row => (row === NOTHING ? String(running) : how.signature(row.item)),
                render: row => (row === NOTHING ? nothingView(running) : how.render(row.item)),
            });
            updateRobot(place, timeline.items);
        }
        pictures.take(steps, bar.at());
        finder.take(steps, {cut: timeline.cut, reading: timeline.cut && !timeline.full, entries: timeline.entries});
        drawFurther();
        if (wanted !== null && steps.length) {
            const index = stepOf(steps, wanted);
            if (index >= 0) {
                wanted = null;
                bar.go(index);
            } else if (!timeline.cut && !running) {
                wanted = null;
                said.textContent = 'The step of this address is none of this run.';
            }
        }
    }

    function drawFurther() {
        const {cut, full, entries} = drawn.timeline;
        const text = `The first ${amount(entries)} entries of this run`;
        replace(
            further,
            cut &&
                h(
                    'p.cut',
                    full ? `${text}. More would be much to hold. ` : `${text}. It is still being read.`,
                    full && h('button.more', {type: 'button', onclick: readOn}, 'Read on'),
                ),
        );
    }

    let late = null;
    let changes = {};
    function inAddress(more) {
        changes = {...changes, ...more};
        if (late !== null) return;
        late = setTimeout(() => {
            late = null;
            if (signal.aborted) return;
            const search = new URLSearchParams(location.search);
            for (const [name, value] of Object.entries(changes)) {
                if (value === null) search.delete(name);
                else search.set(name, value);
            }
            changes = {};
            const address = search.size ? `?${search}` : '';
            if (address !== location.search) history.replaceState(null, '', location.pathname + address + location.hash);
        }, ADDRESS_MS);
    }

    signal.addEventListener('abort', () => highlight(null), {once: true});

    return {
        element,
        inAddress,
        linkTo,
        draw(timeline, running) {
            drawn = {timeline, running};
            draw();
        },
    };
}
