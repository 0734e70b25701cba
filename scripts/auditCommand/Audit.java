import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Compares what a stage read with what it wrote, by the source coordinates in its output. Kafka's own client reads, so that the
 * product's client never audits itself. Settings come as properties on stdin (credentials must not be arguments), progress goes
 * to stderr, one line of JSON per source partition to stdout.
 *
 * What is compared: source records from the start of the log up to its end as this program found it first. Of those, what the
 * committed checkpoint has passed must be in the output exactly once, or be a dead letter; the rest is still on its way. With
 * `since`, the source begins at the first record of that time in each partition.
 */
public class Audit {
  static final Duration POLL = Duration.ofMillis(500);
  /** Output is read from so long before `since`: clocks of devices differ, and a late double of an earlier record must be seen. */
  static final long MARGIN_MS = 120_000;
  static final String COORDINATES = "iotef-source", PART = "iotef-part";

  final Properties settings;
  /** A partition that yields nothing for so long is stuck: behind a transaction that nobody ends, or without a leader. So is a stage that does not move. */
  final long stuckMs;
  /** Milliseconds since the epoch; null: everything. */
  final Long since;
  final Map<Integer, Lane> lanes = new TreeMap<>();

  /** What is known of one source partition. */
  static class Lane {
    long low, end, records, checkpoint = 0, last = -1;
    /** Offset of each data record of the source. */
    final BitSet source = new BitSet();
    /** Parts seen in the output, by offset. */
    final Map<Long, BitSet> seen = new HashMap<>();
    final Map<Long, Integer> partCounts = new HashMap<>();
    final BitSet dead = new BitSet();
    long outputs, firstSeen = Long.MAX_VALUE, doubled, outOfOrder, astray, otherSource;
    boolean outputExpired;
    String example = "", lastCheckpoint = "none";
    int lastPart = -1;

    void note(String what, long offset) {
      if (example.isEmpty()) example = what + " at source offset " + offset;
    }
  }

  Audit(Properties settings) {
    this.settings = settings;
    this.stuckMs = Long.parseLong(settings.getProperty("stuckMs"));
    this.since = settings.getProperty("since") == null ? null : Long.valueOf(settings.getProperty("since"));
  }

  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.load(System.in);
    try {
      new Audit(settings).run();
    } catch (RuntimeException error) {
      // Not thrown on: java's launcher of source files stumbles over some stack traces and hides the message.
      error.printStackTrace();
      System.exit(1);
    }
  }

  void run() throws InterruptedException {
    readSource();
    boolean settle = settings.getProperty("settle").equals("true");
    for (long quiet = 0, before = -1; ; ) {
      readCheckpoints();
      long open = lanes.values().stream().mapToLong(this::onItsWay).sum();
      if (!settle || open == 0) break;
      quiet = open == before ? quiet + 1000 : 0;
      if (quiet >= stuckMs) {
        progress("the stage has not moved for " + stuckMs / 1000 + " s with " + open + " records before it");
        lanes.forEach(this::explain);
        List.of("checkpoint.topic", "destination.topic").forEach(topic -> findOpenTransactions(settings.getProperty(topic)));
        break;
      }
      progress(open + " records are still before the stage");
      before = open;
      Thread.sleep(1000);
    }
    readOutput();
    readDeadLetters();
    lanes.forEach(this::report);
  }

  /** Marks every data record of the source up to its end as it is now. */
  void readSource() {
    String topic = settings.getProperty("source.topic");
    try (var consumer = consumer("source", "read_committed")) {
      var partitions = partitions(consumer, topic);
      var ends = consumer.endOffsets(partitions);
      partitions.forEach(p -> { var lane = new Lane(); lane.end = ends.get(p); lanes.put(p.partition(), lane); });
      var starts = starts(consumer, ends, 0);
      read(consumer, topic, starts, ends, record -> lanes.get(record.partition()).source.set(index(record.offset())));
      // Asked last: what expires while this runs is in nobody's account.
      consumer.beginningOffsets(partitions).forEach((p, low) -> {
        var lane = lanes.get(p.partition());
        lane.low = Math.max(low, starts.get(p));
        lane.source.clear(0, index(lane.low));
        lane.records = lane.source.cardinality();
      });
    }
  }

  /** The newest committed position of every lane, whichever lane group wrote it. */
  void readCheckpoints() {
    String topic = settings.getProperty("checkpoint.topic");
    String source = settings.getProperty("source.clusterId") + "/" + settings.getProperty("source.topic");
    Pattern ofSource = Pattern.compile(Pattern.quote("\"" + source + "\"") + "\\s*:\\s*\\{([^}]*)\\}");
    Pattern position = Pattern.compile("\"(\\d+)\"\\s*:\\s*\"(\\d+)\"");
    try (var consumer = consumer("destination", "read_committed", Audit::text)) {
      var ends = consumer.endOffsets(partitions(consumer, topic));
      // All of it, whatever `since` says: a lane that has stood still has an old checkpoint.
      read(consumer, topic, consumer.beginningOffsets(ends.keySet()), ends, record -> {
        Matcher found = ofSource.matcher(record.value() == null ? "" : record.value());
        if (!found.find()) return;
        for (Matcher each = position.matcher(found.group(1)); each.find(); ) {
          var lane = lanes.get(Integer.parseInt(each.group(1)));
          if (lane == null || Long.parseLong(each.group(2)) < lane.checkpoint) continue;
          lane.checkpoint = Long.parseLong(each.group(2));
          lane.lastCheckpoint = record.value();
        }
      });
    }
  }

  /** What is known of a lane before which records wait. */
  void explain(int partition, Lane lane) {
    if (onItsWay(lane) > 0) progress("partition " + partition + " stands at " + lane.checkpoint + " of " + lane.end + ", its last checkpoint: " + lane.lastCheckpoint);
  }

  /** Nothing behind the first record of an open transaction is read, by the stage's next owner neither. */
  void findOpenTransactions(String topic) {
    try (var uncommitted = consumer("destination", "read_uncommitted"); var committed = consumer("destination", "read_committed")) {
      var partitions = partitions(committed, topic);
      var ends = uncommitted.endOffsets(partitions);
      committed.endOffsets(partitions).forEach((p, stable) -> {
        if (stable < ends.get(p)) progress(p + ": a transaction is open from offset " + stable + " on; the log ends at " + ends.get(p));
      });
    }
  }

  void readOutput() {
    String topic = settings.getProperty("destination.topic");
    try (var uncommitted = consumer("destination", "read_uncommitted"); var consumer = consumer("destination", "read_committed")) {
      var partitions = partitions(consumer, topic);
      // High watermarks, not last stable offsets: a checkpoint may be visible before the markers of its output's partition.
      var ends = uncommitted.endOffsets(partitions);
      consumer.beginningOffsets(partitions).forEach((p, low) -> {
        if (lanes.containsKey(p.partition())) lanes.get(p.partition()).outputExpired = low > 0;
      });
      read(consumer, topic, starts(consumer, ends, MARGIN_MS), ends, record -> count(record));
    }
  }

  void count(ConsumerRecord<byte[], String> record) {
    String[] where = header(record.headers(), COORDINATES, record).split("/");
    String cluster = where[0], topic = where[1];
    Lane lane = lanes.get(Integer.parseInt(where[2]));
    long offset = Long.parseLong(where[3]);
    if (lane == null || !cluster.equals(settings.getProperty("source.clusterId")) || !topic.equals(settings.getProperty("source.topic"))) {
      var here = lanes.get(record.partition());
      if (here != null) here.otherSource++;
      return;
    }
    String[] part = header(record.headers(), PART, record).split("/");
    int number = Integer.parseInt(part[0]);
    lane.outputs++;
    if (Integer.parseInt(where[2]) != record.partition()) { lane.astray++; lane.note("in partition " + record.partition(), offset); }
    BitSet parts = lane.seen.computeIfAbsent(offset, o -> new BitSet(1));
    if (parts.get(number)) { lane.doubled++; lane.note("doubled", offset); }
    else if (offset < lane.last || (offset == lane.last && number < lane.lastPart)) { lane.outOfOrder++; lane.note("out of order", offset); }
    parts.set(number);
    lane.partCounts.put(offset, Integer.parseInt(part[1]));
    lane.firstSeen = Math.min(lane.firstSeen, offset);
    if (offset >= lane.last) { lane.last = offset; lane.lastPart = number; }
  }

  void readDeadLetters() {
    String topic = settings.getProperty("deadLetter.topic");
    String source = settings.getProperty("source.clusterId") + "/" + settings.getProperty("source.topic") + "/";
    try (var uncommitted = consumer("destination", "read_uncommitted"); var consumer = consumer("destination", "read_committed")) {
      var ends = uncommitted.endOffsets(partitions(consumer, topic));
      read(consumer, topic, starts(consumer, ends, MARGIN_MS), ends, record -> {
        String where = header(record.headers(), COORDINATES, record);
        if (!where.startsWith(source)) return;
        String[] rest = where.substring(source.length()).split("/");
        var lane = lanes.get(Integer.parseInt(rest[0]));
        if (lane != null) lane.dead.set(index(Long.parseLong(rest[1])));
      });
    }
  }

  long onItsWay(Lane lane) {
    return lane.source.get(index(Math.min(lane.checkpoint, lane.end)), index(lane.end)).cardinality();
  }

  void report(int partition, Lane lane) {
    // Where the output's own retention has deleted records, it can only be held to account from the first one that is left.
    long from = Math.max(lane.low, lane.outputExpired ? lane.firstSeen : 0);
    long passed = Math.min(lane.checkpoint, lane.end), compared = 0, lost = 0, invented = 0, dead = 0;
    for (int at = lane.source.nextSetBit(index(Math.min(from, passed))); at >= 0 && at < passed; at = lane.source.nextSetBit(at + 1)) {
      compared++;
      BitSet parts = lane.seen.get((long) at);
      if (parts != null && parts.cardinality() == lane.partCounts.get((long) at)) continue;
      if (parts == null && lane.dead.get(at)) dead++;
      else { lost++; lane.note(parts == null ? "lost" : "lost in part", at); }
    }
    for (long offset : lane.seen.keySet()) {
      if (offset >= lane.low && offset < lane.end && !lane.source.get(index(offset))) { invented++; lane.note("never in the source", offset); }
    }
    System.out.printf(
        "{\"partition\":%d,\"low\":%d,\"end\":%d,\"checkpoint\":%d,\"source\":%d,\"compared\":%d,\"output\":%d,\"lost\":%d,\"doubled\":%d,\"outOfOrder\":%d,"
            + "\"astray\":%d,\"invented\":%d,\"deadLetters\":%d,\"onItsWay\":%d,\"otherSource\":%d,\"example\":\"%s\"}%n",
        partition, lane.low, lane.end, lane.checkpoint, lane.records, compared, lane.outputs, lost, lane.doubled, lane.outOfOrder,
        lane.astray, invented, dead, onItsWay(lane), lane.otherSource, lane.example);
  }

  /** Where to read from: the start of the log, or the first record that is at most so much older than `since`. */
  Map<TopicPartition, Long> starts(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends, long marginMs) {
    if (since == null) return consumer.beginningOffsets(ends.keySet());
    var times = new HashMap<TopicPartition, Long>();
    ends.keySet().forEach(p -> times.put(p, since - marginMs));
    var starts = new HashMap<TopicPartition, Long>();
    consumer.offsetsForTimes(times).forEach((p, found) -> starts.put(p, found == null ? ends.get(p) : Math.min(found.offset(), ends.get(p))));
    return starts;
  }

  /** Reads from `starts` until each partition's end as it was given. */
  void read(KafkaConsumer<byte[], String> consumer, String topic, Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], String>> each) {
    var open = new HashSet<>(ends.keySet());
    consumer.assign(open);
    starts.forEach(consumer::seek);
    long total = ends.values().stream().mapToLong(n -> n).sum(), lastMove = System.currentTimeMillis(), lastWord = lastMove, before = -1;
    while (true) {
      open.removeIf(p -> consumer.position(p) >= ends.get(p));
      if (open.isEmpty()) return;
      for (var record : consumer.poll(POLL)) {
        if (record.offset() < ends.get(new TopicPartition(topic, record.partition()))) each.accept(record);
      }
      long position = ends.keySet().stream().mapToLong(consumer::position).sum(), now = System.currentTimeMillis();
      if (position != before) lastMove = now;
      before = position;
      if (now - lastMove > stuckMs) throw new IllegalStateException(topic + ": nothing came for " + stuckMs / 1000 + " s before the end of " + open);
      if (now - lastWord > 5000) {
        lastWord = now;
        progress("reading " + topic + ": " + Math.min(100, 100 * position / Math.max(1, total)) + " %");
      }
    }
  }

  static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer, String topic) {
    return consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
  }

  KafkaConsumer<byte[], String> consumer(String cluster, String isolation) {
    return consumer(cluster, isolation, data -> null);
  }

  KafkaConsumer<byte[], String> consumer(String cluster, String isolation, java.util.function.Function<ByteBuffer, String> value) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", settings.getProperty(cluster + ".bootstrap"));
    properties.put("client.id", "iotef-audit");
    properties.put("isolation.level", isolation);
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "earliest");
    properties.put("max.poll.records", "5000");
    properties.put("fetch.max.bytes", String.valueOf(32 << 20));
    properties.put("max.partition.fetch.bytes", String.valueOf(4 << 20));
    properties.put("default.api.timeout.ms", "60000");
    String ca = settings.getProperty(cluster + ".ca");
    if (ca != null) {
      properties.put("security.protocol", "SASL_SSL");
      properties.put("ssl.truststore.type", "PEM");
      properties.put("ssl.truststore.certificates", ca);
      properties.put("sasl.mechanism", "SCRAM-SHA-512");
      properties.put("sasl.jaas.config", String.format(
          "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";",
          settings.getProperty(cluster + ".username"), settings.getProperty(cluster + ".password")));
    }
    return new KafkaConsumer<>(properties, keepNone(), keeping(value));
  }

  /** Values are fetched, because Kafka gives no headers without them, but not copied and not kept. */
  static Deserializer<String> keeping(java.util.function.Function<ByteBuffer, String> value) {
    return new Deserializer<>() {
      public String deserialize(String topic, byte[] data) { return data == null ? null : value.apply(ByteBuffer.wrap(data)); }
      @Override public String deserialize(String topic, Headers headers, ByteBuffer data) { return data == null ? null : value.apply(data); }
    };
  }

  static Deserializer<byte[]> keepNone() {
    return new Deserializer<>() {
      public byte[] deserialize(String topic, byte[] data) { return null; }
      @Override public byte[] deserialize(String topic, Headers headers, ByteBuffer data) { return null; }
    };
  }

  static String text(ByteBuffer data) {
    return StandardCharsets.UTF_8.decode(data.slice()).toString();
  }

  static String header(Headers headers, String name, ConsumerRecord<?, ?> record) {
    Header header = headers.lastHeader(name);
    if (header == null) {
      throw new IllegalStateException(record.topic() + "/" + record.partition() + "/" + record.offset() + " has no header " + name + ": not written by a stage");
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  static int index(long offset) {
    return Math.toIntExact(offset);
  }

  static void progress(String text) {
    System.err.println(text);
  }
}
