import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Independent audit of a stage that passes records on as they are: Kafka's own client reads the source and the destination
 * (read_committed), matches source coordinates, and counts. One line of JSON on stdout.
 *
 * Oracle stream SOURCE_BOOTSTRAP SOURCE_TOPIC DESTINATION_BOOTSTRAP DESTINATION_TOPIC [DEAD_LETTER_TOPIC]
 * Oracle device DEVICE DESTINATION_BOOTSTRAP DESTINATION_TOPIC POSITIONS_PER_LANE
 * Oracle values BOOTSTRAP TOPIC...    only reads: the values of each topic, as texts without quotes
 */
public class Oracle {
  static final Duration POLL = Duration.ofMillis(300);
  static final long DEADLINE_MS = 120_000;

  /** Expected record of one source partition: offset and checksum of the value, -1 where the value is not known. */
  record Expected(long offset, long checksum) {}

  public static void main(String[] args) {
    if (args[0].equals("values")) {
      System.out.println(Arrays.stream(args).skip(2).map(topic -> values(args[1], topic)).collect(Collectors.joining(",", "{", "}")));
      return;
    }
    boolean stream = args[0].equals("stream");
    Map<Integer, List<Expected>> expected = stream ? readSource(args[1], args[2]) : null;
    String bootstrap = args[stream ? 3 : 2], topic = args[stream ? 4 : 3], sourceTopic = args[stream ? 2 : 1];

    Map<Integer, List<long[]>> arrived = new TreeMap<>();
    long[] counts = new long[3]; // records, foreign, parts beyond the first
    long[] ends = read(bootstrap, topic, record -> {
      counts[0]++;
      String[] where = header(record, "iotef-source").split("/");
      int partition = Integer.parseInt(where[2]);
      if (!where[1].equals(sourceTopic) || partition != record.partition()) counts[1]++;
      if (!header(record, "iotef-part").startsWith("0/")) { counts[2]++; return; }
      arrived.computeIfAbsent(partition, p -> new ArrayList<>()).add(new long[] {Long.parseLong(where[3]), checksum(record.value())});
    });
    Set<String> dead = new HashSet<>();
    if (stream && args.length > 5) read(bootstrap, args[5], record -> dead.add(header(record, "iotef-source")));

    if (!stream) {
      expected = new TreeMap<>();
      long count = Long.parseLong(args[4]);
      for (int lane : lanes(bootstrap, topic)) {
        List<Expected> list = new ArrayList<>();
        for (long n = 0; n < count; n++) list.add(new Expected(n, checksum((lane + ":" + n).getBytes(StandardCharsets.UTF_8))));
        expected.put(lane, list);
      }
    }
    long total = 0, lost = 0, doubled = 0, disorder = 0, damaged = 0, deadCount = 0, invented = 0;
    for (var entry : expected.entrySet()) {
      Map<Long, Long> sums = new HashMap<>();
      for (long[] each : arrived.getOrDefault(entry.getKey(), List.of())) {
        if (sums.put(each[0], each[1]) != null) doubled++;
      }
      long last = -1;
      for (long[] each : arrived.getOrDefault(entry.getKey(), List.of())) {
        if (each[0] < last) disorder++;
        last = Math.max(last, each[0]);
      }
      for (Expected record : entry.getValue()) {
        total++;
        Long sum = sums.remove(record.offset);
        if (sum == null) {
          boolean isDead = false;
          for (String where : dead) if (where.endsWith("/" + sourceTopic + "/" + entry.getKey() + "/" + record.offset)) isDead = true;
          if (isDead) deadCount++; else lost++;
        } else if (sum != record.checksum) damaged++;
      }
      invented += sums.size();
    }
    System.out.printf(
        "{\"source\":%d,\"records\":%d,\"lost\":%d,\"doubled\":%d,\"outOfOrder\":%d,\"damaged\":%d,\"invented\":%d,\"foreign\":%d,\"deadLetters\":%d,\"openEnd\":%d}%n",
        total, counts[0], lost, doubled, disorder, damaged, invented, counts[1], deadCount, ends[1] - ends[0]);
  }

  static String values(String bootstrap, String topic) {
    List<String> quoted = new ArrayList<>();
    read(bootstrap, topic, record -> quoted.add('"' + new String(record.value(), StandardCharsets.UTF_8) + '"'));
    return '"' + topic + "\":" + quoted;
  }

  static Map<Integer, List<Expected>> readSource(String bootstrap, String topic) {
    Map<Integer, List<Expected>> result = new TreeMap<>();
    read(bootstrap, topic, record ->
        result.computeIfAbsent(record.partition(), p -> new ArrayList<>()).add(new Expected(record.offset(), checksum(record.value()))));
    return result;
  }

  /** Reads all committed records; returns the sums of last stable offsets and of high watermarks. */
  static long[] read(String bootstrap, String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    try (var consumer = consumer(bootstrap, "read_committed"); var uncommitted = consumer(bootstrap, "read_uncommitted")) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (var info : consumer.partitionsFor(topic)) partitions.add(new TopicPartition(topic, info.partition()));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> stable = consumer.endOffsets(partitions), high = uncommitted.endOffsets(partitions);
      long deadline = System.currentTimeMillis() + DEADLINE_MS;
      while (partitions.stream().anyMatch(p -> consumer.position(p) < stable.get(p))) {
        if (System.currentTimeMillis() > deadline) throw new IllegalStateException(topic + " was not read to its end in time");
        for (var record : consumer.poll(POLL)) each.accept(record);
      }
      return new long[] {stable.values().stream().mapToLong(n -> n).sum(), high.values().stream().mapToLong(n -> n).sum()};
    }
  }

  static List<Integer> lanes(String bootstrap, String topic) {
    try (var consumer = consumer(bootstrap, "read_committed")) {
      return consumer.partitionsFor(topic).stream().map(info -> info.partition()).sorted().toList();
    }
  }

  static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String isolation) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("isolation.level", isolation);
    properties.put("enable.auto.commit", "false");
    properties.put("max.poll.records", "5000");
    return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    if (header == null) throw new IllegalStateException("no header " + name + " at " + record.topic() + "/" + record.partition() + "/" + record.offset());
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  static long checksum(byte[] value) {
    CRC32 crc = new CRC32();
    if (value != null) crc.update(value);
    return crc.getValue();
  }
}
