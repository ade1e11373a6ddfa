// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** How a connection to a VNC server begins: version, password, and that others may look on. */
final class RfbHandshake {

    private static final int NONE = 1;
    private static final int PASSWORD = 2;
    private static final int LONGEST_REASON = 1 << 12;

    private final DataInputStream in;
    private final DataOutputStream out;

    RfbHandshake(DataInputStream in, DataOutputStream out) {
        this.in = in;
        this.out = out;
    }

    void shake(@Nullable String password) throws IOException {
        var greeting = text(in.readNBytes(12));
        if (!greeting.startsWith("RFB ")) {
            throw new RfbException("this is no VNC server: it says '" + greeting.strip() + "'");
        }
        out.write("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        var offered = in.readNBytes(in.readUnsignedByte());
        if (offered.length == 0) {
            throw new RfbException("the screen refuses: " + reason());
        }
        choose(offered, password);
        if (in.readInt() != 0) {
            throw new RfbException("the screen refuses the login: " + reason());
        }
        out.writeByte(1); // others may share it
        out.flush();
    }

    private void choose(byte[] offered, @Nullable String password) throws IOException {
        if (offers(offered, NONE)) {
            out.writeByte(NONE);
            out.flush();
        } else if (!offers(offered, PASSWORD)) {
            throw new RfbException("the screen knows only logins that are not known here: " + Arrays.toString(offered));
        } else if (password == null) {
            throw new RfbException("the screen wants a password, and the environment tells none");
        } else {
            out.writeByte(PASSWORD);
            out.flush();
            var challenge = new byte[16];
            in.readFully(challenge);
            out.write(answer(challenge, password));
            out.flush();
        }
    }

    private static boolean offers(byte[] offered, int type) {
        for (byte one : offered) {
            if (one == type) {
                return true;
            }
        }
        return false;
    }

    /** DES with the first eight characters of the password, the bits of each the other way round: so this protocol has it. */
    private static byte[] answer(byte[] challenge, String password) throws RfbException {
        var key = Arrays.copyOf(password.getBytes(StandardCharsets.ISO_8859_1), 8);
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (Integer.reverse(key[i]) >>> 24);
        }
        try {
            var des = Cipher.getInstance("DES/ECB/NoPadding");
            des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
            return des.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new RfbException("the screen's password cannot be told on this machine", e);
        }
    }

    private String reason() throws IOException {
        int length = in.readInt();
        return length < 0 || length > LONGEST_REASON ? "without a reason" : text(in.readNBytes(length));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
