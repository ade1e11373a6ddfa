// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.sealing;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** Values that no key here opens: asking again does not help, somebody has to bring the key or the values anew. A 409. */
public class UnopenedException extends ErrorResponseException {

    private final String reason;

    UnopenedException(String reason, Throwable cause) {
        super(HttpStatus.CONFLICT, ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, reason), cause);
        this.reason = reason;
    }

    /** In a sentence for people; names whose values they are, and none of them. */
    public String reason() {
        return reason;
    }
}
