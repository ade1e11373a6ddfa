// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Body;
import java.util.List;

/**
 * A call in another dialect than its client's.
 *
 * @param dropped members of the client's call that the other dialect has no word for, and that change no answer's sense
 * @param answer reads what comes back
 */
public record TranslatedCall(Body.Spliced body, List<String> dropped, AnswerTranslation answer) {}
