// SPDX-License-Identifier: Apache-2.0
// The bar on top: where one is, who one is, light or dark.

import {h, replace, svg} from './dom.js';
import {plain} from './format.js';
import {notice} from './notice.js';
import {changeTeam, learnTeams, may, signOut, user} from './session.js';

/** Places that belong together share one in the bar; where one is in such a place, a line below the bar names them. */
const PLACES = [
    [['/jobs', 'Jobs']],
    [['/runs', 'Runs']],
    [['/tasksets', 'Tasksets']],
    [['/environments', 'Environments']],
    [['/models', 'Models'], ['/upstreams', 'Upstreams'], ['/playground', 'Playground'], ['/recordings', 'Recordings']],
    [['/usage', 'Usage']],
    [['/people', 'Team', 'People and keys'], ['/workers', 'Workers'], ['/audit', 'Audit', 'Audit', 'administrator'], ['/settings', 'Settings']],
];

export function drawTop() {
    const path = location.pathname === '/' ? '/jobs' : location.pathname.replace(/^\/trace\b/, '/jobs');
    const isAt = address => path === address || path.startsWith(address + '/');
    const current = (address, others = []) =>
        path === address ? 'page' : (isAt(address) || others.some(([other]) => isAt(other))) && 'true';
    const nav = PLACES.map(([[address, name], ...others]) =>
        h('a', {href: address, 'aria-current': current(address, others)}, name),
    );
    const me = user();
    const section = PLACES.find(places => places.length > 1 && places.some(([address]) => isAt(address)));
    replace(
        document.getElementById('section'),
        me &&
            section &&
            h(
                'nav',
                {'aria-label': section[0][1]},
                section
                    .filter(([, , , role]) => !role || may(role))
                    .map(([address, name, here = name]) => h('a', {href: address, 'aria-current': current(address)}, here)),
            ),
    );
    replace(
        document.getElementById('top'),
        h('a.brand', {href: '/jobs', 'aria-label': 'Assay: all jobs'}, mark(), h('span', 'Assay')),
        me && h('nav', {'aria-label': 'Pages'}, nav),
        h(
            'div.tools',
            me && teamOf(me),
            themeButton(),
            me && h('button.quiet', {type: 'button', onclick: leave}, 'Sign out'),
        ),
    );
    for (const bar of document.querySelectorAll('#top nav, #section nav')) showCurrent(bar);
}

/** The team, or the choice among several. Those are asked for once; until they are known, and where they are not, the team alone. */
function teamOf(me) {
    const alone = h('a.team', {href: '/settings', title: 'Your team and what you may do'}, plain(me.team));
    const place = h('span.teams', alone);
    learnTeams().then(teams => {
        if (teams.length < 2) return;
        const choice = h(
            'select.team',
            {
                'aria-label': 'Team',
                onchange: async () => {
                    try {
                        await changeTeam(choice.value);
                        location.assign('/jobs');
                    } catch (failure) {
                        choice.value = me.team_id;
                        notice(failure.message);
                    }
                },
            },
            teams.map(({team_id: id, team}) => h('option', {value: id, selected: id === me.team_id}, plain(team))),
        );
        replace(place, choice);
    });
    return place;
}

/** A narrow bar shows some of its places: the one where one is among them. */
function showCurrent(bar) {
    const here = bar.querySelector('[aria-current]');
    if (here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.clientWidth) / 2;
}

async function leave() {
    try {
        await signOut();
        location.assign('/jobs');
    } catch (failure) {
        notice(`You are still signed in. ${failure.message}`);
    }
}

function mark() {
    return svg(
        'svg',
        {viewBox: '0 0 24 24', width: 20, height: 20, 'aria-hidden': 'true'},
        svg('path', {d: 'M7.5 2h9L22 7.5v9L16.5 22h-9L2 16.5v-9z', fill: 'currentColor'}),
        svg('path', {d: 'M12 6.6 16.9 17.4h-2.5L12 11.8 9.6 17.4H7.1z', fill: 'var(--bg)'}),
    );
}

function themeButton() {
    const button = h('button.quiet.theme', {
        type: 'button',
        onclick: () => {
            choose(isDark() ? 'light' : 'dark');
            label();
        },
    });
    const label = () => {
        const next = isDark() ? 'light' : 'dark';
        button.setAttribute('aria-label', `Switch to ${next} colours`);
        button.title = `Switch to ${next} colours`;
        replace(button, isDark() ? sun() : moon());
    };
    label();
    return button;
}

const isDark = () =>
    (document.documentElement.dataset.theme ??
        (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

function choose(theme) {
    document.documentElement.dataset.theme = theme;
    try {
        localStorage.setItem('assay.theme', theme);
    } catch {
        /* holds for this page only */
    }
}

const icon = (...paths) =>
    svg(
        'svg',
        {
            viewBox: '0 0 16 16',
            width: 16,
            height: 16,
            fill: 'none',
            stroke: 'currentColor',
            'stroke-width': 1.5,
            'stroke-linecap': 'round',
            'stroke-linejoin': 'round',
            'aria-hidden': 'true',
        },
        paths.map(d => svg('path', {d})),
    );
const moon = () => icon('M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3z');
const sun = () =>
    icon(
        'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
        'M8 1.2v1.3M8 13.5v1.3M1.2 8h1.3M13.5 8h1.3M3.2 3.2l.9.9M11.9 11.9l.9.9M12.8 3.2l-.9.9M4.1 11.9l-.9.9',
    );
