// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import dev.assay.contracts.event.Topics;
import dev.assay.kit.blob.BlobStore;
import dev.assay.kit.blob.Blobs;
import dev.assay.kit.kafka.OwnTopics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The broker and the disk as this feature uses them. */
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {

    private static final int LARGEST_RECORD = 1024 * 1024;

    @Bean
    Spool spool(@Value("${assay.data}") Path data, SpansSettings settings) throws IOException {
        return new Spool(data.resolve("trace-service").resolve("spool"), settings.spoolLimit().toBytes());
    }

    /** Bodies of spans that are too large for the broker and the table. */
    @Bean
    Blobs spanBlobs(BlobStore store) {
        return store.at("trace-service/blobs");
    }

    @Bean(destroyMethod = "close")
    Producer<String, byte[]> spanProducer(KafkaProperties kafka, SpansSettings settings) {
        var patience = (int) settings.patience().toMillis();
        var properties = kafka.buildProducerProperties();
        properties.putAll(Map.of(
                ProducerConfig.ACKS_CONFIG, "all",
                // uploads that come together go to disk together
                ProducerConfig.LINGER_MS_CONFIG, 3,
                ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024,
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.MAX_BLOCK_MS_CONFIG, patience,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, patience,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) settings.delivery().toMillis(),
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_RECORD));
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    @Bean
    NewTopic spansTopic(SpansSettings settings, OwnTopics.Keeping keeping) {
        return keeping.topic(Topics.SPANS, settings.partitions());
    }
}
