// SPDX-License-Identifier: Apache-2.0
// A run's screenshots, one after the other: the strip follows the step that is looked at.

import {h, keyed} from '../dom.js';
import {duration} from '../format.js';
import {lazy} from '../screen/picture.js';
import {picturedSteps, picturesOf} from './steps.js';

/** On either side of the one that is looked at. */
const BESIDE = 24;

export function strip({go}) {
    const list = h('ol');
    const element = h('div.strip', {role: 'group', 'aria-label': 'Screenshots', tabindex: '0', hidden: true}, list);
    let pictured = [];

    function show(at) {
        const last = pictured.findLastIndex(({index}) => index <= at);
        const here = Math.max(0, last);
        const shown = pictured
            .slice(Math.max(0, here - BESIDE), here + BESIDE + 1)
            .filter(step => picturesOf(step).length);
        element.hidden = !shown.length;
        const current = pictured[last];
        keyed(list, shown, {
            key: step => step.item.entry.id,
            signature: step => `${step.index} ${step === current}`,
            render: step => {
                const picture = picturesOf(step).at(-1);
                const text = `Screenshot of step ${step.index + 1}, at ${duration(step.at)}`;
                return h(
                    'li',
                    h(
                        'button',
                        {
                            type: 'button',
                            'aria-label': text,
                            title: text,
                            'aria-current': step === current && 'true',
                            onclick: () => go(step.index),
                        },
                        lazy(picture, ''),
                    ),
                );
            },
        });
        const chosen = list.querySelector('[aria-current]')?.parentElement;
        if (chosen) element.scrollLeft = chosen.offsetLeft - (element.clientWidth - chosen.offsetWidth) / 2;
    }

    return {
        element,
        show,
        take(steps, at) {
            pictured = picturedSteps(steps);
            show(at);
        },
    };
}
