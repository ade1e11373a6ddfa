// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.node.ObjectNode;

/** An environment whose tasks do what their names say, and which remembers what became of them. */
final class FakeEnvironment implements ServedEnvironment {

    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch release = new CountDownLatch(1);
    List<Capability> capabilities = List.of();

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public String version() {
        return "0.0.1";
    }

    @Override
    public List<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public List<TaskTemplate> tasks() {
        return List.of("ok", "badstart", "badgrade", "slowstart", "slowgrade", "hugestart", "nan", "deafstart", "deafopen").stream()
                .map(id -> new TaskTemplate(id, "", Json.object().put("type", "object"), null, null))
                .toList();
    }

    @Override
    public ServedTask open(String session, String template, ObjectNode args) {
        if (args.has("wrong")) {
            throw new IllegalArgumentException("bad args");
        }
        if (template.equals("deafopen")) {
            ignoreInterrupts("open");
        }
        return new FakeTask(session, template);
    }

    private void ignoreInterrupts(String phase) {
        events.add(phase + " waits");
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException deaf) {
                events.add(phase + " ignores its interrupt");
            }
        }
        events.add(phase + " goes on");
    }

    private final class FakeTask implements ServedTask {
        private final String session;
        private final String template;

        FakeTask(String session, String template) {
            this.session = session;
            this.template = template;
        }

        @Override
        public ObjectNode start() throws Exception {
            switch (template) {
                case "badstart" -> throw new IllegalStateException("setup broke");
                case "slowstart" -> waitFor("start");
                case "deafstart" -> {
                    ignoreInterrupts("start");
                    throw new IllegalStateException("too late");
                }
                case "hugestart" -> {
                    return Json.object().put("prompt", "x".repeat(Frames.LIMIT));
                }
                default -> {}
            }
            return Json.object().put("prompt", "do it in " + session);
        }

        @Override
        public ObjectNode grade(ObjectNode payload) throws Exception {
            switch (template) {
                case "badgrade" -> throw new IllegalStateException("grader broke");
                case "slowgrade" -> waitFor("grade");
                case "nan" -> {
                    return Json.object().put("score", Double.NaN);
                }
                default -> {}
            }
            return Json.object().put("score", 1.0).set("answer", payload.path("answer"));
        }

        private void waitFor(String phase) throws InterruptedException {
            events.add(phase + " waits");
            try {
                release.await();
            } finally {
                events.add(phase + " cleaned up");
            }
        }

        @Override
        public void close() {
            events.add(template + " closed");
        }
    }
}
