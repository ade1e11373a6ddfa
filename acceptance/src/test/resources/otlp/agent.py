# SPDX-License-Identifier: Apache-2.0
"""An agent that speaks OpenTelemetry and knows of nothing else: where its spans go stands in its environment."""

import json
import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("my.agent", "1.0")


def said(role, *parts):
    return json.dumps([{"role": role, "parts": list(parts), "finish_reason": "stop"}])


with tracer.start_as_current_span("invoke_agent counter", attributes={"gen_ai.operation.name": "invoke_agent"}) as agent:
    chat = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "some-model", "gen_ai.usage.input_tokens": 7}
    with tracer.start_as_current_span("chat some-model", attributes=chat) as turn:
        turn.set_attribute("gen_ai.input.messages", said("user", {"type": "text", "content": "How many a are in banana?"}))
        call = {"type": "tool_call", "id": "call_1", "name": "count", "arguments": {"word": "banana"}}
        turn.set_attribute("gen_ai.output.messages", said("assistant", call))
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "count", "gen_ai.tool.call.id": "call_1"}
    with tracer.start_as_current_span("execute_tool count", attributes=tool) as span:
        span.set_attribute("gen_ai.tool.call.result", "3")
    try:
        with tracer.start_as_current_span("report"):
            raise KeyError("nobody to report to")
    except KeyError:
        pass
    with tracer.start_as_current_span("elsewhere", attributes={"hud.task_run_id": sys.argv[1]}):
        pass
print(format(agent.get_span_context().trace_id, "032x"))
provider.shutdown()
