// SPDX-License-Identifier: Apache-2.0
// Starting a job: the tasks of a taskset, as runs of one agent.

import {ApiError, getIfThere, pageOf, send} from '../api.js';
import {h} from '../dom.js';
import {field, form, input, select} from '../form.js';

/** What the platform drives; it names all that it knows where it refuses one. */
const AGENTS = ['openai_compatible', 'claude', 'openai', 'gemini', 'claude_cli', 'codex_cli', 'command', 'robot'];

/** Where the tasks' environments can run, if not as they say themselves. */
const RUNTIMES = [['', 'as the tasks say'], 'process', 'docker', 'kubernetes', 'e2b', 'daytona', 'modal'];

const number = (name, value, attributes = {}) =>
    input(name, value, {type: 'number', step: 1, min: 1, inputmode: 'numeric', ...attributes});

/** A random UUID, also where the browser gives its own to https alone. */
function freshId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

/** @param started is given the job's id */
export function startForm(taskset, {leave, started, signal}) {
    const models = h('datalist', {id: 'models'});
    getIfThere('/v2/models', {query: {limit: 500}, signal}).then(
        answer => answer && models.append(...pageOf(answer).items.map(model => h('option', {value: model.model_name}))),
        () => {}, // whoever knows a model's name types it
    );
    const job = freshId(); // asked twice, it is one job
    return h(
        'section.card.entering',
        form(
            'Start a job',
            [
                h(
                    'div.fields',
                    field('Agent', select('agent.type', AGENTS, AGENTS[0])),
                    field('Model', input('agent.config.model', '', {list: 'models'}), {
                        hint: 'Of the catalog. Left empty: the agent’s usual one.',
                    }),
                    models,
                    field('Runs of each task', number('group', 1, {required: true, max: 1000})),
                    field('Runtime', select('runtime', RUNTIMES, ''), {hint: 'What a task’s environment cannot run in is refused.'}),
                    field('At once', number('max_concurrent', ''), {hint: 'Left empty: as many as there are places for.'}),
                ),
                h(
                    'details',
                    h('summary', 'Which tasks, for how long, and how the agent is set up'),
                    h(
                        'div.fields',
                        field('Name', input('name', '', {maxlength: 1000}), {hint: 'Left empty: its taskset’s.', wide: true}),
                        field('Priority', number('priority', '', {min: -1000, max: 1000, placeholder: '0'}), {
                            hint: 'Among the team’s jobs: the greater, the sooner.',
                        }),
                        field('Seconds to get ready', number('timeouts.startup_s', '')),
                        field('Seconds for the agent', number('timeouts.agent_s', '')),
                        field('Seconds for a run', number('timeouts.run_s', ''), {hint: 'Left empty: as the task says.'}),
                        field('Seconds in all', number('timeouts.rollout_s', ''), {hint: 'The queue and all attempts. Left empty: no limit.'}),
                        field('Only these tasks', h('textarea', {name: 'tasks', rows: 4, spellcheck: 'false'}), {
                            hint: 'Their names, one a line. Left empty: all.',
                            wide: true,
                        }),
                        field(
                            'Further settings',
                            h('textarea', {name: 'agent.config', rows: 4, spellcheck: 'false', placeholder: '{"max_steps": 20}'}),
                            {hint: 'Of the agent, as JSON.', wide: true},
                        ),
                    ),
                ),
            ],
            {
                action: 'Start it',
                cancel: leave,
                submit: async typed => {
                    const answer = await send('POST', '/v2/jobs', {job_id: job, taskset, ...wantedOf(typed)});
                    await started(answer.job_id);
                },
            },
        ),
    );
}

/** What is left empty is not sent: the platform knows what is usual. */
function wantedOf(typed) {
    const text = name => typed.get(name).trim();
    const numbers = names => names.filter(name => text(name)).map(name => [name.split('.').at(-1), Number(text(name))]);
    const wanted = {
        agent: {type: text('agent.type'), config: {...settings(text('agent.config'))}},
        ...Object.fromEntries(numbers(['group', 'max_concurrent', 'priority'])),
    };
    if (text('agent.config.model')) wanted.agent.config.model = text('agent.config.model');
    if (text('name')) wanted.name = text('name');
    const tasks = text('tasks').split('\n').map(line => line.trim()).filter(Boolean);
    if (tasks.length) wanted.tasks = tasks;
    const timeouts = numbers(['timeouts.startup_s', 'timeouts.agent_s', 'timeouts.run_s', 'timeouts.rollout_s']);
    if (timeouts.length) wanted.timeouts = Object.fromEntries(timeouts);
    if (text('runtime')) wanted.runtime_config = {runtime: text('runtime')};
    return wanted;
}

function settings(text) {
    if (!text) return {};
    let read = null;
    try {
        read = JSON.parse(text);
    } catch {
        /* said below */
    }
    if (typeof read !== 'object' || read === null || Array.isArray(read))
        throw new ApiError(400, 'agent.config: must be an object in JSON, such as {"max_steps": 20}');
    return read;
}
