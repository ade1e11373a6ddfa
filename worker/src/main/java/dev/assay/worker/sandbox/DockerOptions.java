// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** See {@code worker.yml} for what each means. */
@ConfigurationProperties("assay.worker")
record DockerOptions(@DefaultValue("") String dockerHost, @DefaultValue("docker.io/") List<String> dockerImages) {}
