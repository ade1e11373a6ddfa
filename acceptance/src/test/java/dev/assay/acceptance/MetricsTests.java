// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Grafana and Prometheus are given to ask for is there to be asked. */
class MetricsTests {

    private static final Pattern NAME = Pattern.compile("\\b(assay|http|hikaricp|jvm|process|kafka|disk)_[a-z_]+");
    private static final Pattern LABEL = Pattern.compile("by \\(([a-z_, ]+)\\)|\\b([a-z_]+)=~?\"");

    /** Comes with the first message that is set aside: it is by queue, and nobody knows all queues before. */
    private static final Set<String> COMES_LATER = Set.of("assay_dead_letters_total");

    private static final Set<String> THE_COLLECTORS_OWN = Set.of("instance", "job", "le");

    @Test
    void dashboardAndRulesNameMetricsAndLabelsThatThereAre() throws Exception {
        var platform = Platform.shared();
        platform.operator().get("/v2/admin/nothing-like-this");
        var names = new HashSet<>(COMES_LATER);
        var labels = new HashSet<>(THE_COLLECTORS_OWN);
        labels.add("queue");
        scraped(platform).forEach(line -> {
            names.add(line.split("[{ ]", 2)[0]);
            Pattern.compile("([a-z_]+)=\"").matcher(line).results().forEach(found -> labels.add(found.group(1)));
        });

        for (var question : questions()) {
            assertThat(NAME.matcher(question).results().map(found -> found.group()).toList())
                    .as(question).isNotEmpty().allSatisfy(name -> assertThat(names).contains(name));
            assertThat(LABEL.matcher(question).results()
                            .flatMap(found -> Stream.of((found.group(1) == null ? found.group(2) : found.group(1)).split(", ")))
                            .toList())
                    .as(question).allSatisfy(label -> assertThat(labels).contains(label));
        }
    }

    /** All services, each at its own port; the operator's token is the gateway's. */
    private static List<String> scraped(Platform platform) {
        var lines = new ArrayList<>(platform.operator().get("/actuator/prometheus").expect(200).text().lines().toList());
        for (var service = 1; service <= 7; service++) {
            new Api("http://127.0.0.1:" + (platform.port + service), Platform.METRICS)
                    .get("/actuator/prometheus").expect(200).text().lines().forEach(lines::add);
        }
        return lines.stream().filter(line -> !line.startsWith("#")).toList();
    }

    private static List<String> questions() throws IOException {
        var rules = Files.readAllLines(Repository.ROOT.resolve("deploy/prometheus/rules.yml")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("expr: "))
                .map(line -> line.substring("expr: ".length()))
                .filter(question -> !question.startsWith("up{"))
                .toList();
        var dashboard = JsonMapper.shared().readTree(Repository.ROOT.resolve("deploy/grafana/assay.json")).path("panels").valueStream()
                .flatMap(panel -> panel.path("targets").valueStream())
                .map(target -> target.path("expr"))
                .map(JsonNode::stringValue)
                .toList();
        assertThat(rules).hasSizeGreaterThan(10);
        assertThat(dashboard).hasSizeGreaterThan(20);
        return Stream.concat(rules.stream(), dashboard.stream()).toList();
    }
}
