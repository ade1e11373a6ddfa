// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A handler that writes a {@link RowAnswer}, for the API document. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ApiResponse(responseCode = "200", description = "Rows, one to a line", content = {
    @Content(mediaType = RowAnswer.LINES, schema = @Schema(type = "string", format = "binary")),
    @Content(mediaType = RowAnswer.PARQUET, schema = @Schema(type = "string", format = "binary"))
})
public @interface AnswersRows {}
