// SPDX-License-Identifier: Apache-2.0
// How a model learns: curves over its steps, and its checkpoints. What is looked at stands in the address.

import {inAddress} from '../address.js';
import {getIfThere} from '../api.js';
import {h, isStale, replace} from '../dom.js';
import {select} from '../form.js';
import {canonicalId, plain, plural, time} from '../format.js';
import {emptyState, snippet} from '../parts.js';
import {checkpointTable} from './checkpoints.js';
import {curvesCard} from './curves.js';
import {nameOf, treeOf} from './tree.js';

/** While a model makes steps it is looked at often: for as long after each of them. */
const BUSY_MS = 3000;
const QUIET_MS = 15_000;
const IS_BUSY_MS = 600_000;

/**
 * @param models the catalog
 * @returns `{element, refresh, seek}`; `refresh` asks, draws, and gives the time until it should be called again;
 * `seek` scrolls to what the address names
 */
export function learningBlock(model, models, query, signal) {
    const chosen = {
        of: query.get('of'),
        with: query.get('with') && canonicalId(query.get('with')),
        checkpoint: query.get('checkpoint') && canonicalId(query.get('checkpoint')),
    };
    const others = models.filter(one => one.is_trainable && one.id !== model.id);
    const under = h('span.quiet');
    const compare = comparison(others, chosen, wanted => choose(wanted));
    const body = h('div.learning');
    const element = h(
        'section.block',
        {id: 'checkpoints', hidden: true},
        h('div.block-head', h('h2', 'Checkpoints'), under, compare),
        body,
    );

    const choose = wanted => {
        Object.assign(chosen, wanted);
        inAddress(Object.fromEntries(Object.entries(chosen).map(([name, value]) => [name, value || null])));
        // for somebody who waits: if it fails, the next one tells
        return refresh().catch(() => {});
    };

    const card = curvesCard({choose, signal});
    const list = checkpointTable({model, choose, again: () => refresh().catch(() => {})});
    let asked = 0;

    /** What was asked for last is drawn, whichever answer comes last. */
    const refresh = async () => {
        const question = ++asked;
        const other = others.find(one => one.id === chosen.with);
        const [own, theirs] = await Promise.all([
            getIfThere(`/v2/models/${model.id}/checkpoints`, {signal}),
            other && getIfThere(`/v2/models/${other.id}/checkpoints`, {signal}),
        ]);
        const opened = own?.find(one => [one.id, one.name, one.checkpoint_name].includes(chosen.checkpoint));
        if (opened) await list.learn(opened, signal);
        if (question === asked) draw(own, opened, other && {name: plain(other.name || other.model_name), checkpoints: theirs ?? []});
        const newest = time(own?.at(-1)?.created_at);
        return newest !== null && Date.now() - newest < IS_BUSY_MS ? BUSY_MS : QUIET_MS;
    };

    const draw = (own, opened, compared) => {
        element.hidden = !own;
        if (!own) return;
        const tree = treeOf(own);
        const served = tree.head ? plain(nameOf(tree.head)) : 'its first weights';
        replace(under, own.length > 0 && `${plural(own.length, 'step')}; it serves ${served}`);
        compare.hidden = !own.length || !others.length;
        if (!own.length) {
            if (isStale(body, 'empty')) replace(body, nothingYet(model));
            return;
        }
        if (isStale(body, 'full')) replace(body, card.element, list.element);
        card.draw({own, tree, compared, opened, of: chosen.of});
        list.draw(own, opened, chosen.checkpoint);
    };

    const seek = () => {
        const row = element.querySelector('[aria-expanded=true]');
        (row ?? element).scrollIntoView({block: row ? 'center' : 'start'});
    };

    return {element, refresh, seek};
}

function comparison(others, chosen, choose) {
    const options = [['', 'nothing'], ...others.map(one => [one.id, plain(one.name || one.model_name)])];
    const choice = select('with', options, chosen.with ?? '', {onchange: () => choose({with: choice.value})});
    return h('label.inline-field.end', h('span', 'Compare with'), choice);
}

const nothingYet = model => {
    const name = JSON.stringify(plain(model.model_name));
    return emptyState(
        'No checkpoints yet: it serves its first weights',
        h('p', 'A step makes one: runs that this model did, with their rewards, told to the platform.'),
        snippet(
            `import asyncio
from hud import Taskset, TrainingClient
from hud.agents import create_agent

async def learn():
    wanted = {"extra_body": {"return_token_ids": True}}
    agent = create_agent(${name}, completion_kwargs=wanted)
    job = await Taskset.from_api("<taskset>").run(agent, group=8)
    await TrainingClient(${name}).step(job.runs, learning_rate=1e-5, group_size=8)

asyncio.run(learn())`,
        ),
    );
};
