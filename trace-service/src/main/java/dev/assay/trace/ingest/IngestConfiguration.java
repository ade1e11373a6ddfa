// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;

/** The broker and the disk as this feature uses them. */
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {

    private static final int LARGEST_EVENT = 155_000_000;

    @Bean
    Spool spool(@Value("${assay.data}") Path data) throws IOException {
        return new Spool(data.resolve("trace-service").resolve("spool"));
    }

    @Bean(destroyMethod = "close")
    Producer<String, String> spanProducer(KafkaProperties kafka, SpansSettings settings) {
        var patience = (int) settings.patience().toMillis();
        var properties = kafka.buildProducerProperties();
        properties.putAll(Map.of(
                ProducerConfig.ACKS_CONFIG, "all",
                // an upload waits for its acknowledgement: there is nothing to gather
                ProducerConfig.LINGER_MS_CONFIG, 0,
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.MAX_BLOCK_MS_CONFIG, patience,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_EVENT,
                ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * LARGEST_EVENT));
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    @Bean
    NewTopic spansTopic(SpansSettings settings) {
        return TopicBuilder.name(Topics.SPANS).partitions(settings.partitions()).build();
    }
}
