# Every image of a cluster under its upstream name, in the storage folder of a registry. The lab's registry serves a copy.
# Static programs stand alone; what needs a shell or nft stands on the Debian base.
export REGISTRY_AUTH_FILE=$WORK/auth.json
echo '{}' > "$REGISTRY_AUTH_FILE"
printf '{"default":[{"type":"insecureAcceptAnything"}]}' > "$WORK/policy.json"
build() { buildah --root "$WORK/storage" --runroot "$WORK/run" --storage-driver overlay "$@"; }

port=$((20000 + RANDOM % 20000))
cat > "$WORK/registry.yml" <<YML
version: 0.1
storage:
  filesystem: { rootdirectory: $OUT/registry }
http: { addr: 127.0.0.1:$port }
log: { level: error, accesslog: { disabled: true } }
YML
# The registry takes every REGISTRY_ variable for a part of its configuration.
env -u REGISTRY_AUTH_FILE docker-registry serve "$WORK/registry.yml" > "$WORK/registry.log" 2>&1 &
registry=$!
trap 'kill $registry 2>/dev/null; build rm -a >/dev/null 2>&1; build rmi -a -f >/dev/null 2>&1' EXIT
answers() { (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
for _ in $(seq 600); do answers && break; sleep 0.1; done
answers || { echo "the registry did not start:" >&2; cat "$WORK/registry.log" >&2; exit 1; }

# publish CONTAINER NAME: the container's state becomes the image NAME, at the registry too
publish() {
  build commit -q --signature-policy "$WORK/policy.json" "$1" "$2" >/dev/null
  build push -q --signature-policy "$WORK/policy.json" --tls-verify=false "$2" "docker://127.0.0.1:$port/$2"
  echo "$2"
}

# static NAME ENTRYPOINT FILE...: programs on nothing
static() {
  local name=$1 entrypoint=$2 container
  shift 2
  container=$(build from scratch)
  mkdir -p "$WORK/tree/tmp" "$WORK/tree/etc"
  chmod 1777 "$WORK/tree/tmp"
  printf 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' > "$WORK/tree/etc/passwd"
  mkdir -p "$WORK/tree$(dirname "$entrypoint")"
  cp "$@" "$WORK/tree$(dirname "$entrypoint")/"
  build copy -q "$container" "$WORK/tree" / >/dev/null
  build config --env "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" --entrypoint "[\"$entrypoint\"]" "$container"
  publish "$container" "$name"
  rm -rf "$WORK/tree"
}

for program in kube-apiserver kube-controller-manager kube-scheduler; do
  static "registry.k8s.io/$program:v$KUBERNETES" "/usr/local/bin/$program" "$DEP_KUBERNETES/$program"
  # Upstream's have no entrypoint that a manifest would have to repeat; kubeadm names the command itself.
done
static "registry.k8s.io/etcd:$ETCD_IMAGE" /usr/local/bin/etcd "$DEP_ETCD/etcd" "$DEP_ETCD/etcdctl" "$DEP_ETCD/etcdutl"
static "registry.k8s.io/coredns/coredns:v$COREDNS" /coredns "$DEP_COREDNS/coredns"
static "registry.k8s.io/pause:$PAUSE" /pause "$DEP_PAUSE/pause"
static "registry.k8s.io/metrics-server/metrics-server:v$METRICS_SERVER" /metrics-server "$DEP_METRICS_SERVER/metrics-server"

debian=$(build from scratch)
build add -q "$debian" "$DEP_ROOTFS_DEBIAN/rootfs.tar" / >/dev/null
build config --cmd /bin/bash --env "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$debian"
publish "$debian" "docker.io/library/debian:$DEBIAN-slim"
from_debian() { build from --signature-policy "$WORK/policy.json" --pull-never "docker.io/library/debian:$DEBIAN-slim"; }

# Flannel and kube-proxy share one layer of network tools.
network=$(from_debian)
build run --isolation chroot "$network" -- sh -c 'export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends conntrack ipset iproute2 iptables kmod nftables >/dev/null &&
  rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/share/doc /usr/share/man' >&2
build commit -q --signature-policy "$WORK/policy.json" "$network" localhost/network >/dev/null
from_network() { build from --signature-policy "$WORK/policy.json" --pull-never localhost/network; }

container=$(from_network)
build copy -q "$container" "$DEP_KUBERNETES/kube-proxy" /usr/local/bin/kube-proxy >/dev/null
publish "$container" "registry.k8s.io/kube-proxy:v$KUBERNETES"
container=$(from_network)
build copy -q "$container" "$DEP_FLANNEL/flanneld" "$DEP_FLANNEL/install-conf" /opt/bin/ >/dev/null
build config --entrypoint '["/opt/bin/flanneld"]' "$container"
publish "$container" "ghcr.io/flannel-io/flannel:v$FLANNEL"
container=$(from_debian)
build copy -q "$container" "$DEP_CNI_PLUGINS/flannel-cni-plugin/flannel" /flannel >/dev/null
publish "$container" "ghcr.io/flannel-io/flannel-cni-plugin:v$FLANNEL_CNI_PLUGIN"

container=$(from_debian)
build copy -q "$container" "$DEP_KAFKA/jre" /opt/java/openjdk >/dev/null
build copy -q "$container" "$DEP_KAFKA/libs" /opt/kafka/libs >/dev/null
build run --isolation chroot "$container" -- sh -c 'useradd -u 1000 -m appuser && mkdir -p /var/lib/kafka /etc/kafka && chown appuser /var/lib/kafka /etc/kafka' >&2
# A broker starts and stops once here, so that its classes come ready-made: every later start loads them in a fraction of the CPU time.
cat > "$WORK/train.sh" <<'SH'
set -eu
data=$(mktemp -d) archive=$1
cd "$data"
cat > server.properties <<PROPERTIES
process.roles=broker,controller
node.id=0
controller.quorum.bootstrap.servers=127.0.0.1:$3
listeners=CLIENT://127.0.0.1:$2,CONTROLLER://127.0.0.1:$3
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.client.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="a";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:a;User:ANONYMOUS
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
log.dirs=$data/log
log.cleaner.dedupe.buffer.size=8388608
PROPERTIES
printf 'rootLogger.level=info\nrootLogger.appenderRef.out.ref=out\nappender.out.type=Console\nappender.out.name=out\nappender.out.layout.type=PatternLayout\nappender.out.layout.pattern=%%m%%n\n' > log4j2.properties
# The order of a wildcard is the file system's: the archive fits only a class path that is spelled out (runBroker.sh).
CLASSPATH=$(printf '%s:' /opt/kafka/libs/*.jar)
export CLASSPATH="${CLASSPATH%:}"
java="/opt/java/openjdk/bin/java -Xmx256m -XX:+UseSerialGC -Dlog4j2.configurationFile=$data/log4j2.properties"
$java kafka.tools.StorageTool format --standalone --cluster-id AAAAAAAAAAAAAAAAAAAAAA --config server.properties --add-scram 'SCRAM-SHA-512=[name=a,password=a]' >/dev/null
$java -XX:ArchiveClassesAtExit="$archive" -Xlog:cds=off -Xlog:cds+dynamic=off kafka.Kafka server.properties > broker.log 2>&1 &
broker=$!
for _ in $(seq 300); do
  grep -q 'Kafka Server started' broker.log && break
  kill -0 $broker 2>/dev/null || break
  sleep 0.5
done
grep -q 'Kafka Server started' broker.log || { echo "the broker that makes the class data archive did not start:"; tail -20 broker.log; exit 1; }
kill $broker
wait $broker || true
cd / && rm -rf "$data"
test -s "$archive"
SH
build copy -q "$container" "$WORK/train.sh" /tmp/train.sh >/dev/null
build run --isolation chroot "$container" -- sh -c "sh /tmp/train.sh /opt/kafka/kafka.jsa $((port + 1)) $((port + 2)) && rm /tmp/train.sh" >&2
build config --user appuser --env JAVA_HOME=/opt/java/openjdk --env "PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$container"
publish "$container" "docker.io/apache/kafka:$KAFKA"

container=$(from_debian)
build copy -q "$container" "$DEP_NODE/node" /usr/local/bin/node >/dev/null
build copy -q "$container" "$DEP_NODE/npm" /usr/local/lib/node_modules/npm >/dev/null
build run --isolation chroot "$container" -- sh -c 'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx && useradd -u 1000 -m node' >&2
build config --cmd node "$container"
publish "$container" "docker.io/library/node:22-$DEBIAN-slim"
mkdir -p "$OUT/node"
build push -q --signature-policy "$WORK/policy.json" "docker.io/library/node:22-$DEBIAN-slim" "oci-archive:$OUT/node/node.tar:docker.io/library/node:22-$DEBIAN-slim"
