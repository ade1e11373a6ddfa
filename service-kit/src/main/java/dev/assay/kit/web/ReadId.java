// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.contracts.Id;
import dev.assay.contracts.Uuids;
import org.springframework.beans.BeanUtils;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.convert.converter.ConverterFactory;

/** Reads the id of anything out of a path or a query. */
final class ReadId implements ConverterFactory<String, Id> {

    @Override
    public <T extends Id> Converter<String, T> getConverter(Class<T> type) {
        var constructor = BeanUtils.getResolvableConstructor(type);
        return text -> BeanUtils.instantiateClass(constructor, Uuids.parse(text));
    }
}
