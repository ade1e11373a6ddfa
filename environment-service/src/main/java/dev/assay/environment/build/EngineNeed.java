// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.protocol.compose.ComposeService;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Whether a build is for workers that have a container engine. */
enum EngineNeed {

    /** A process is all that is made of it. */
    NONE,

    /** With one more is made of it, and without one it can be built: so it goes there where one is. */
    IF_THERE,

    /** Nothing that runs could be made of it without. */
    NEEDED;

    /**
     * @param runtimeConfig that the environment is deployed with, JSON; null: none
     * @param recipe whether the context has one
     */
    static EngineNeed of(@Nullable String runtimeConfig, boolean recipe) {
        var config = read(runtimeConfig);
        if (config.compose() != null) {
            return ComposeProject.read(config.compose()).services().values().stream().anyMatch(ComposeService::isBuilt) ? NEEDED : IF_THERE;
        }
        if (config.image() != null) {
            return IF_THERE; // it is tried there
        }
        if (config.asksForProcess() || config.remote() != null) {
            return NONE;
        }
        return wantsAnImage(runtimeConfig) ? NEEDED : recipe ? IF_THERE : NONE;
    }

    /** Whether an image is to be built of the context, whatever that says. */
    static boolean wantsAnImage(@Nullable String runtimeConfig) {
        var config = read(runtimeConfig);
        return !config.namesWhatToRun() && config.runtime().equals("docker");
    }

    private static RuntimeConfig read(@Nullable String runtimeConfig) {
        return RuntimeConfig.read(runtimeConfig == null ? null : JsonMapper.shared().readTree(runtimeConfig));
    }
}
