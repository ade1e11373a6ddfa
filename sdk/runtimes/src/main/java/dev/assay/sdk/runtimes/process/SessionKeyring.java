// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's keys that a login session's processes have in common. Namespaces do not part it: who is started with ours could write
 * to all others that are.
 */
final class SessionKeyring {

    private static final long JOIN = 1; // KEYCTL_JOIN_SESSION_KEYRING
    private static final @Nullable MethodHandle SYSTEM_CALL = systemCall();

    private SessionKeyring() {}

    /** Gives this thread, and what it starts from now on, a new one. Where that is forbidden, keys are, and nobody has any. */
    static void renew() {
        if (SYSTEM_CALL == null) {
            return;
        }
        long keyctl = System.getProperty("os.arch").equals("amd64") ? 250 : 219;
        try {
            long ignored = (long) SYSTEM_CALL.invokeExact(keyctl, JOIN, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException(e); // a call into the system throws nothing
        }
    }

    private static @Nullable MethodHandle systemCall() {
        var linker = Linker.nativeLinker();
        var shape = FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);
        return System.getProperty("os.name").equals("Linux")
                ? linker.downcallHandle(linker.defaultLookup().findOrThrow("syscall"), shape, Linker.Option.firstVariadicArg(1))
                : null;
    }
}
