// SPDX-License-Identifier: Apache-2.0
// One conversation as each model API wants it, and what each answers as text, thoughts and calls of tools.

/**
 * What is asked in any of them:
 * `{model, streamed, system, messages: [{role: 'user' or 'assistant', text}], tools: [{name, description, parameters}], most}`.
 * A tool that has a type is a dialect's own and passed on as it is. `most` are the tokens of an answer at most; null: not said.
 */
export const DIALECTS = [
    {
        id: 'chat',
        text: 'Chat Completions (OpenAI)',
        path: () => 'chat/completions',
        request: ({model, streamed, system, messages, tools, most}) => ({
            model,
            messages: [...(system ? [{role: 'system', content: system}] : []), ...messages.map(spoken)],
            ...(tools.length && {tools: tools.map(own(tool => ({type: 'function', function: tool})))}),
            ...(most && {max_completion_tokens: most}),
            ...(streamed && {stream: true}),
        }),
        read: answer =>
            (answer.choices ?? []).slice(0, 1).flatMap(choice => chat(choice.delta ?? choice.message ?? {})),
    },
    {
        id: 'responses',
        text: 'Responses (OpenAI)',
        path: () => 'responses',
        request: ({model, streamed, system, messages, tools, most}) => ({
            model,
            ...(system && {instructions: system}),
            input: messages.map(spoken),
            ...(tools.length && {tools: tools.map(own(tool => ({type: 'function', ...tool})))}),
            ...(most && {max_output_tokens: most}),
            ...(streamed && {stream: true}),
        }),
        read: responses,
    },
    {
        id: 'messages',
        text: 'Messages (Anthropic)',
        path: () => 'v1/messages',
        request: ({model, streamed, system, messages, tools, most}) => ({
            model,
            max_tokens: most ?? 1024,
            ...(system && {system}),
            messages: messages.map(spoken),
            ...(tools.length && {
                tools: tools.map(
                    own(({parameters, ...tool}) => ({...tool, input_schema: parameters ?? {type: 'object'}})),
                ),
            }),
            ...(streamed && {stream: true}),
        }),
        read: messages,
    },
    {
        id: 'gemini',
        text: 'generateContent (Google)',
        path: ({model, streamed}) =>
            `v1beta/models/${model.split('/').map(encodeURIComponent).join('/')}:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        request: ({system, messages, tools, most}) => ({
            ...(system && {systemInstruction: {parts: [{text: system}]}}),
            contents: messages.map(({role, text}) => ({
                role: role === 'assistant' ? 'model' : 'user',
                parts: [{text}],
            })),
            ...(tools.length && {
                tools: [
                    {
                        functionDeclarations: tools.map(
                            own(({parameters, ...tool}) => ({
                                ...tool,
                                ...(parameters && {parametersJsonSchema: parameters}),
                            })),
                        ),
                    },
                ],
            }),
            ...(most && {generationConfig: {maxOutputTokens: most}}),
        }),
        read: answer => (answer.candidates ?? []).slice(0, 1).flatMap(one => (one.content?.parts ?? []).map(part)),
    },
];

const spoken = ({role, text}) => ({role, content: text});
const own = form => tool => (tool.type ? tool : form(tool));

const said = text => ({kind: 'text', text});
const thought = text => ({kind: 'thinking', text});
const call = (name, text) => ({kind: 'call', name, text});
const argumentsOf = value => (typeof value === 'string' ? value : JSON.stringify(value ?? {}));

const chat = message => [
    message.reasoning_content && thought(message.reasoning_content),
    message.content && said(message.content),
    message.refusal && said(message.refusal),
    ...(message.tool_calls ?? []).map(one => call(one.function?.name, one.function?.arguments ?? '')),
];

function responses(answer) {
    switch (answer.type) {
        case 'response.output_text.delta':
        case 'response.refusal.delta':
            return [said(answer.delta)];
        case 'response.reasoning_text.delta':
        case 'response.reasoning_summary_text.delta':
            return [thought(answer.delta)];
        case 'response.output_item.added':
            return answer.item?.type === 'function_call' ? [call(answer.item.name, '')] : [];
        case 'response.function_call_arguments.delta':
            return [call(undefined, answer.delta)];
        default:
            return answer.object === 'response' ? (answer.output ?? []).flatMap(item) : [];
    }
}

function item(one) {
    if (one.type === 'function_call') return [call(one.name, one.arguments)];
    if (one.type === 'reasoning') return (one.summary ?? []).map(part => thought(part.text));
    return (one.content ?? []).map(part => said(part.text ?? part.refusal));
}

function messages(answer) {
    if (answer.type === 'content_block_start')
        return answer.content_block?.type === 'tool_use' ? [call(answer.content_block.name, '')] : [];
    if (answer.type === 'content_block_delta') {
        const {delta} = answer;
        return [
            delta.text && said(delta.text),
            delta.thinking && thought(delta.thinking),
            delta.partial_json && call(undefined, delta.partial_json),
        ];
    }
    return (answer.content ?? []).map(block =>
        block.type === 'tool_use'
            ? call(block.name, argumentsOf(block.input))
            : block.thinking
              ? thought(block.thinking)
              : block.text && said(block.text),
    );
}

const part = one =>
    one.functionCall
        ? call(one.functionCall.name, argumentsOf(one.functionCall.args))
        : one.text && (one.thought ? thought(one.text) : said(one.text));

/** What an answer of any dialect says went wrong; null if nothing did. */
export function errorOf(answer) {
    const error = answer?.error ?? answer?.response?.error;
    return error?.message ?? (typeof answer?.detail === 'string' ? answer.detail : null);
}
