// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * What is asked of Modal, and no more: the calls, and the numbers of their messages' fields. They are those of the protocol that Modal publishes with
 * its own clients (modal-labs/modal-client, {@code modal_proto/api.proto} and {@code task_command_router.proto}, as of August 2026), which has many
 * more messages, and fields of these.
 */
final class Protocol {

    private static final String CLIENT = "modal.client.ModalClient";
    private static final String ROUTER = "modal.task_command_router.TaskCommandRouter";

    static final MethodDescriptor<Fields, Fields> APP_GET_OR_CREATE = unary(CLIENT, "AppGetOrCreate");
    static final MethodDescriptor<Fields, Fields> AUTH_TOKEN_GET = unary(CLIENT, "AuthTokenGet");
    static final MethodDescriptor<Fields, Fields> ENVIRONMENT_GET_OR_CREATE = unary(CLIENT, "EnvironmentGetOrCreate");
    static final MethodDescriptor<Fields, Fields> IMAGE_GET_OR_CREATE = unary(CLIENT, "ImageGetOrCreate");
    static final MethodDescriptor<Fields, Fields> IMAGE_JOIN_STREAMING = stream(CLIENT, "ImageJoinStreaming");
    static final MethodDescriptor<Fields, Fields> SANDBOX_CREATE = unary(CLIENT, "SandboxCreate");
    static final MethodDescriptor<Fields, Fields> SANDBOX_GET_TASK_ID = unary(CLIENT, "SandboxGetTaskId");
    static final MethodDescriptor<Fields, Fields> SANDBOX_LIST = unary(CLIENT, "SandboxList");
    static final MethodDescriptor<Fields, Fields> SANDBOX_TERMINATE = unary(CLIENT, "SandboxTerminate");
    static final MethodDescriptor<Fields, Fields> SANDBOX_WAIT = unary(CLIENT, "SandboxWait");
    static final MethodDescriptor<Fields, Fields> TASK_GET_COMMAND_ROUTER_ACCESS = unary(CLIENT, "TaskGetCommandRouterAccess");
    static final MethodDescriptor<Fields, Fields> TASK_EXEC_START = unary(ROUTER, "TaskExecStart");
    static final MethodDescriptor<Fields, Fields> TASK_EXEC_STDIN_WRITE = unary(ROUTER, "TaskExecStdinWrite");
    static final MethodDescriptor<Fields, Fields> TASK_EXEC_STDIO_READ = stream(ROUTER, "TaskExecStdioRead");
    static final MethodDescriptor<Fields, Fields> TASK_EXEC_WAIT = unary(ROUTER, "TaskExecWait");

    private Protocol() {}

    private static MethodDescriptor<Fields, Fields> unary(String service, String name) {
        return method(MethodType.UNARY, service, name);
    }

    private static MethodDescriptor<Fields, Fields> stream(String service, String name) {
        return method(MethodType.SERVER_STREAMING, service, name);
    }

    private static MethodDescriptor<Fields, Fields> method(MethodType type, String service, String name) {
        return MethodDescriptor.newBuilder(Fields.MARSHALLER, Fields.MARSHALLER)
                .setType(type).setFullMethodName(MethodDescriptor.generateFullMethodName(service, name)).build();
    }

    /** AppGetOrCreateRequest and its response. */
    interface App {

        int NAME = 1;
        int CREATION = 3;
        /** OBJECT_CREATION_TYPE_CREATE_IF_MISSING. */
        int IF_MISSING = 1;

        int ID = 1;
    }

    /** AuthTokenGetResponse. */
    interface Auth {

        int TOKEN = 1;
    }

    /** EnvironmentGetOrCreateResponse, its metadata, and the settings in there. */
    interface Environment {

        int METADATA = 2;
        int SETTINGS = 2;
        int IMAGE_BUILDER = 1;
    }

    /** ImageGetOrCreateRequest, the Image in it, and ImageGetOrCreateResponse. */
    interface Image {

        int IMAGE = 2;
        int APP = 4;
        int BUILDER = 9;

        int DOCKERFILE_COMMANDS = 6;

        int ID = 1;
        int RESULT = 2;
    }

    /** ImageJoinStreamingRequest, its responses, and the TaskLogs in those. */
    interface Join {

        int IMAGE = 1;
        int TIMEOUT = 2;
        int LAST_ENTRY = 3;

        int RESULT = 1;
        int LOGS = 2;
        int ENTRY = 3;

        int DATA = 1;
    }

    /** GenericResult. */
    interface Result {

        int STATUS = 1;
        int EXCEPTION = 2;
        int EXIT_CODE = 3;

        int UNSPECIFIED = 0;
        int SUCCESS = 1;
        int FAILURE = 2;
        int TERMINATED = 3;
        int INIT_FAILURE = 5;
    }

    /** SandboxCreateRequest, the Sandbox in it, and SandboxCreateResponse. */
    interface Create {

        int APP = 1;
        int DEFINITION = 2;
        int TAGS = 4;

        int ENTRYPOINT_ARGS = 1;
        int IMAGE = 3;
        int RESOURCES = 5;
        int TIMEOUT_SECS = 7;
        int NETWORK_ACCESS = 22;

        int SANDBOX = 1;
    }

    /** SandboxTag. */
    interface Tag {

        int NAME = 1;
        int VALUE = 2;
    }

    /** Resources. */
    interface Resources {

        int MEMORY_MB = 2;
        int MILLI_CPU = 3;
        int GPU = 4;
        int MEMORY_MB_MAX = 5;
        int MILLI_CPU_MAX = 7;
    }

    /** GPUConfig. */
    interface Gpu {

        int COUNT = 2;
        int TYPE = 4;
    }

    /** NetworkAccess. */
    interface NetworkAccess {

        int TYPE = 1;

        int OPEN = 1;
        int BLOCKED = 2;
    }

    /** SandboxGetTaskIdRequest and its response; SandboxTerminateRequest and SandboxWaitRequest have the same first field. */
    interface Task {

        int SANDBOX = 1;
        int TIMEOUT = 2;
        int UNTIL_READY = 3;

        int ID = 1;
        int RESULT = 2;
    }

    /** SandboxWaitResponse. */
    interface Wait {

        int RESULT = 1;
    }

    /** SandboxListRequest, its response, and the SandboxInfo in that. */
    interface Listing {

        int APP = 1;
        int BEFORE = 2;
        int TAGS = 5;

        int SANDBOXES = 1;

        int ID = 1;
        int CREATED_AT = 3;
        int TAGS_OF_ONE = 6;
    }

    /** TaskGetCommandRouterAccessRequest and its response. */
    interface Access {

        int TASK = 1;

        int JWT = 1;
        int URL = 2;
    }

    /** What all requests to the router begin with. */
    interface Exec {

        int TASK = 1;
        int ID = 2;
    }

    /** TaskExecStartRequest. */
    interface Start {

        int COMMAND_ARGS = 3;
        int STDOUT = 4;
        int STDERR = 5;
        int ENV = 12;

        int PIPE = 1;
    }

    /** TaskExecStdinWriteRequest. */
    interface Write {

        int OFFSET = 3;
        int DATA = 4;
        int EOF = 5;
    }

    /** TaskExecStdioReadRequest and its responses. */
    interface Read {

        int OFFSET = 3;
        int DESCRIPTOR = 4;

        int STDOUT = 0;
        int STDERR = 1;

        int DATA = 1;
    }

    /** TaskExecWaitResponse: one of the two. */
    interface Exit {

        int CODE = 1;
        int SIGNAL = 2;
    }
}
