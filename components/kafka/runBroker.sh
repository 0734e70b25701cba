# Runs one broker; PID 1 of its container. For plain sh (dash), with nothing but what the image surely has.
# In: POD_NAME (kafka-<id>), CONFIG (folder of <id>.properties, log4j2.properties, cluster-id, founders and initial-controllers),
#     DATA (folder on the host's disk), STATE (scratch folder, shared with isReady.sh), HEAP_MIB;
#     KAFKA_LIBS where the jars are not where the upstream image has them.
set -eu
id=${POD_NAME##*-}
properties=$CONFIG/$id.properties
cluster=$(cat "$CONFIG/cluster-id")
# Spelled out, in the order of names: a class data archive fits only the very class path that it was made with.
CLASSPATH=$(printf '%s:' "${KAFKA_LIBS:-/opt/kafka/libs}"/*.jar)
export CLASSPATH="${CLASSPATH%:}"
# The full compiler stays on: it alone uses the processor's AES, without which TLS takes most of a broker's time.
small='-XX:+UseSerialGC -XX:ReservedCodeCacheSize=64m -Xss512k -XX:+ExitOnOutOfMemoryError -XX:-UsePerfData'
logging="-Djava.io.tmpdir=$STATE -Dlog4j2.configurationFile=$CONFIG/log4j2.properties"

# Only an empty disk is formatted: a broker that loses its identity loses its vote and its records. The preparation of a
# machine leaves a mark there, once: which machine it is. A founder of the quorum may vote at once; any other machine in its
# place, and a disk that was emptied, begins as an observer and joins as a new voter when it has caught up. With a vote of its
# own it could elect a leader that lacks what the old disk had confirmed.
if [ -f "$DATA/meta.properties" ]; then
  if ! grep -qx "cluster.id=$cluster" "$DATA/meta.properties" || ! grep -qx "node.id=$id" "$DATA/meta.properties"; then
    echo "broker $id: $DATA belongs to another broker or cluster:" >&2
    cat "$DATA/meta.properties" >&2
    echo "this one is broker $id of cluster $cluster; bring the right disk back, or empty the folder by hand" >&2
    exit 1
  fi
elif ls "$DATA" 2>/dev/null | grep -qv '^lost+found$'; then
  echo "broker $id: $DATA has files but no meta.properties; look what they are, then empty the folder by hand" >&2
  exit 1
else
  machine=$(cat "$DATA/.iotef-machine" 2>/dev/null || echo unknown)
  if grep -qxF "$id $machine" "$CONFIG/founders"; then
    voters="--initial-controllers $(cat "$CONFIG/initial-controllers")"
  else
    voters=--no-initial-controllers
  fi
  # shellcheck disable=SC2086
  java -Xmx96m $small -XX:TieredStopAtLevel=1 $logging kafka.tools.StorageTool format --cluster-id "$cluster" --config "$properties" $voters
  rm -f "$DATA/.iotef-machine"
fi

# Nothing of an earlier life may look like a heartbeat of this one.
rm -f "$STATE/heartbeat.log"
: >"$STATE/seen"

# Compiling took a quarter of a broker's first ten minutes. With its thresholds four times the default (which are 5000, 600,
# 15000 and 40000) the full compiler did a third of the work, and code that carries load passes them within seconds.
patient='-XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=2400 -XX:Tier4CompileThreshold=60000 -XX:Tier4BackEdgeThreshold=160000'
# A class data archive, where the image brings one that fits, halves the CPU time of a start.
archive=
[ ! -f /opt/kafka/kafka.jsa ] || archive='-XX:SharedArchiveFile=/opt/kafka/kafka.jsa -Xlog:cds=off -Xlog:cds+dynamic=off'
# shellcheck disable=SC2086
exec java "-Xms${HEAP_MIB}m" "-Xmx${HEAP_MIB}m" $small $patient $archive $logging kafka.Kafka "$properties"
