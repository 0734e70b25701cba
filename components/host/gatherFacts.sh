# Prints what is so on this host as key=value lines. Reads only.
# Arguments: the addresses of the other hosts in $1, the ports to look at in $2 (both space separated), the folder of the broker in $3.
others=$1 ports=$2 data=$3
say() { printf '%s=%s\n' "$1" "$2"; }
# First: the operator's machine compares it with its own clock at the moment the first line arrives.
say epochSeconds "$(date +%s)"
say hostname "$(hostname)"
say machineId "$(cat /etc/machine-id 2>/dev/null || true)"
say architecture "$(uname -m)"
say userId "$(id -u)"
say cpus "$(nproc)"
say memoryMiB "$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)"
say swapMiB "$(awk '/^SwapTotal:/ { print int($2 / 1024) }' /proc/meminfo)"
say freeDiskMiB "$(df -Pm /var/lib | awk 'NR == 2 { print $4 }')"
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then say cgroup v2; else say cgroup v1; fi
if grep -qE '^memory\s' /proc/cgroups && [ "$(awk '$1 == "memory" { print $4 }' /proc/cgroups)" = 0 ]; then say memoryCgroup off; else say memoryCgroup on; fi
if [ -d /sys/module/vxlan ] || modprobe -n vxlan 2>/dev/null || grep -q vxlan "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null || { ip link add iotef-probe type vxlan id 16777001 dstport 65533 2>/dev/null && ip link del iotef-probe; }; then say vxlan yes; else say vxlan no; fi
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
