// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

/** A model call that is answered with an error. */
public final class ModelErrorException extends RuntimeException {

    private final transient ModelError error;

    public ModelErrorException(ModelError error) {
        super(error.message());
        this.error = error;
    }

    public ModelError error() {
        return error;
    }
}
