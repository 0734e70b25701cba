import java.io.StringReader;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads committed records of streams from their ends as they are now and says when they came, by this machine's clock: what a
 * reader sees of a fault. Kafka's own client, so that the product's never measures itself, and without a consumer group: the
 * coordinator of one might stand on the host that is broken, and its absence would look like a gap in the stream.
 *
 * Settings come as properties on stdin (credentials must not be arguments), one line per stream and partition that a poll brought
 * goes to stdout: `stream partition milliseconds records bytes`; `ready` once all streams are at their ends. Ends with stdin.
 */
public class Arrivals {
  static final Duration POLL = Duration.ofMillis(200);

  public static void main(String[] args) throws Exception {
    var input = new Scanner(System.in).useDelimiter("\\x00");
    Properties settings = new Properties();
    settings.load(new StringReader(input.next()));
    String[] streams = settings.getProperty("streams").split(",");
    var ready = new java.util.concurrent.CountDownLatch(streams.length);
    for (String stream : streams) {
      Thread reader = new Thread(() -> read(settings, stream, ready), stream);
      reader.setDaemon(true);
      reader.start();
    }
    ready.await();
    say("ready");
    while (input.hasNext()) input.next();
  }

  static void read(Properties settings, String stream, java.util.concurrent.CountDownLatch ready) {
    try (var consumer = new KafkaConsumer<byte[], byte[]>(client(settings, stream), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      String topic = settings.getProperty(stream + ".topic");
      var partitions = consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      ready.countDown();
      while (true) {
        var records = consumer.poll(POLL);
        long now = System.currentTimeMillis();
        for (var partition : records.partitions()) {
          var some = records.records(partition);
          long bytes = some.stream().mapToLong(record -> Math.max(0, record.serializedValueSize())).sum();
          say(stream + " " + partition.partition() + " " + now + " " + some.size() + " " + bytes);
        }
      }
    } catch (RuntimeException error) {
      System.err.println(stream + ": " + error.getMessage());
      System.exit(1);
    }
  }

  /** Short time-outs: a broker that does not answer must cost the others' records nothing, and its own no more than the move of its leaders. */
  static Properties client(Properties settings, String stream) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", settings.getProperty(stream + ".bootstrap"));
    properties.put("client.id", "iotef-faults");
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "latest");
    properties.put("metadata.max.age.ms", "1000");
    properties.put("request.timeout.ms", "3000");
    properties.put("default.api.timeout.ms", "120000");
    properties.put("socket.connection.setup.timeout.ms", "1000");
    properties.put("socket.connection.setup.timeout.max.ms", "2000");
    properties.put("reconnect.backoff.max.ms", "500");
    properties.put("fetch.max.wait.ms", "100");
    properties.put("fetch.max.bytes", String.valueOf(8 << 20));
    String ca = settings.getProperty(stream + ".ca");
    if (ca != null) {
      properties.put("security.protocol", "SASL_SSL");
      properties.put("ssl.truststore.type", "PEM");
      properties.put("ssl.truststore.certificates", ca);
      properties.put("sasl.mechanism", "SCRAM-SHA-512");
      properties.put("sasl.jaas.config", String.format(
          "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";",
          settings.getProperty(stream + ".username"), settings.getProperty(stream + ".password")));
    }
    return properties;
  }

  static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
