# Prints what is so on this host as key=value lines. Changes nothing: the link and the file that it makes to see whether it can go at once.
# Arguments: the addresses of the other hosts in $1, the ports to look at in $2 (both space separated), the folder of the broker in $3,
# that of etcd in $4.
others=$1 ports=$2 data=$3 etcd=$4
export LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
say() { printf '%s=%s\n' "$1" "$2"; }
# First: the operator's machine compares it with its own clock at the moment the first line arrives.
say epochSeconds "$(date +%s)"
say hostname "$(hostname)"
say machineId "$(cat /etc/machine-id 2>/dev/null || true)"
say architecture "$(uname -m)"
say userId "$(id -u)"
say cpus "$(nproc)"
say memoryMiB "$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)"
say swap "$(awk 'NR > 1 { printf "%s ", $1 }' /proc/swaps 2>/dev/null)"
say freeDiskMiB "$(df -Pm /var/lib | awk 'NR == 2 { print $4 }')"
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then say cgroup v2; else say cgroup v1; fi
if grep -qE '^memory\s' /proc/cgroups && [ "$(awk '$1 == "memory" { print $4 }' /proc/cgroups)" = 0 ]; then say memoryCgroup off; else say memoryCgroup on; fi
has_module() { [ -d "/sys/module/$1" ] || modprobe -n "$1" 2>/dev/null || grep -q "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; }
makes_vxlan() { ip link add "iotef$$" type vxlan id 16777001 dstport 65533 2>/dev/null && ip link del "iotef$$"; }
lacks=
has_module vxlan || makes_vxlan || lacks="${lacks}vxlan "
has_module br_netfilter || [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || lacks="${lacks}br_netfilter "
has_module overlay || grep -qw overlay /proc/filesystems || lacks="${lacks}overlay "
say kernelLacks "$lacks"
missing=
for program in systemctl dpkg-query tar losetup mount cp ip ss; do
  command -v "$program" >/dev/null || missing="$missing$program "
done
say programsMissing "$missing"
say addresses "$(ip -4 -o addr show | awk '{ split($4, a, "/"); printf "%s ", a[1] }')"
if [ -f /etc/kubernetes/kubelet.conf ]; then say joined yes; else say joined no; fi
# What it was told when it was prepared.
[ ! -f /etc/iotef/host ] || sed 's/^/record./' /etc/iotef/host
# Files that neither the preparation nor a broker has put there would go when the host is given back.
if [ -e "$data/meta.properties" ] || [ -e "$data/.iotef-machine" ]; then say dataFolder broker
elif ls -A "$data" 2>/dev/null | grep -qv '^lost+found$'; then say dataFolder foreign
else say dataFolder empty; fi
taken=
for port in $ports; do
  ss -Hltn "sport = :$port" | grep -q . && taken="$taken$port "
done
say portsTaken "$taken"
unreachable=
for other in $others; do
  ip -4 route get "$other" >/dev/null 2>&1 || unreachable="$unreachable$other "
done
say noRouteTo "$unreachable"
# How long the disk of etcd takes to have a small record safe: what etcd does for each change, a hundred times or for ten seconds. The
# median: a busy machine makes some of them wait for other things than the disk. Not beside an etcd that runs.
syncs=
if [ ! -f /etc/kubernetes/kubelet.conf ]; then
  until [ -d "$etcd" ]; do etcd=$(dirname "$etcd"); done
  probe=$etcd/.iotef-probe-$$
  trap 'rm -f "$probe"' EXIT
  SECONDS=0
  syncs=$(for ((i = 0; i < 100 && SECONDS < 10; i++)); do
    dd if=/dev/zero of="$probe" bs=2300 count=1 seek="$i" conv=notrunc oflag=dsync 2>&1 || break
  done)
fi
say etcdDiskError "$(sed -n 's/^dd: .*: //p' <<< "$syncs")"
say syncMilliseconds "$(sed -n 's/.* copied, \([0-9.e-]*\) s.*/\1/p' <<< "$syncs" | sort -g | awk '{ took[NR] = $1 } END { if (NR > 0) printf "%.1f", took[int((NR + 1) / 2)] * 1000 }')"
