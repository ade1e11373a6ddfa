// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** @param maxUpload the largest body of a task upload */
@ConfigurationProperties("assay.taskset")
record TasksetSettings(@DefaultValue("64MB") DataSize maxUpload) {}
