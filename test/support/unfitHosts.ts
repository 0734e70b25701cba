/** One thing that makes a host unfit, really done to it: by a shell command there, with the one that undoes it and what the check says. */
export interface Flaw {
  what: string;
  host: string;
  spoil: string;
  mend: string;
  /** The whole line, but for its place and the figures of the moment; undefined where another flaw's line says it too. */
  says?: RegExp;
}

/** sshd starts the programs of whoever asks: what holds for it holds for all of them. */
const restartSsh = "systemctl reset-failed ssh && systemctl restart ssh";

function forSessions(what: string, setting: string): Pick<Flaw, "spoil" | "mend"> {
  const file = `/run/systemd/system/ssh.service.d/${what}.conf`;
  const reload = `systemctl daemon-reload && ${restartSsh}`;
  return {
    spoil: `mkdir -p ${file.replace(/\/[^/]*$/, "")} && printf '[Service]\\n${setting}\\n' > ${file} && ${reload}`,
    mend: `rm ${file} && ${reload}`,
  };
}

/**
 * The kernel and what it counts are the machine's: really switched on, swap would be everybody's. So another text, made of the
 * kernel's own by a filter, is mounted over the kernel's in the host's own mount namespace, where all its programs read it.
 */
function otherText(file: string, filter: string): Pick<Flaw, "spoil" | "mend"> {
  const text = `/run/unfit-${file.replaceAll("/", "-")}`;
  return {
    spoil: `${filter} ${file} > ${text} && mount --bind ${text} ${file}`,
    mend: `umount ${file} && rm ${text}`,
  };
}

/** On the host of these sessions, with a slash at its end: where its cgroup of a controller lies. */
const cgroupOf = (controller: string): string =>
  `/sys/fs/cgroup/${controller}$(sed -n 's/^[0-9]*:${controller}://p' /proc/self/cgroup)`;

const diskOfEtcd = "$(mountpoint -d /var/lib/etcd)";
const limit = `${cgroupOf("blkio")}/blkio.throttle.write_iops_device`;

/** An address that reaches south-a although no interface of it has it, as behind address translation. */
export const translatedAddress = "10.91.2.50";

/** In the order in which they are done; they are undone in the other. South-b has none. */
export const flaws: readonly Flaw[] = [
  {
    what: "a clock an hour off",
    host: "north-a",
    // The machine's clock is that of all hosts: here every program that starts takes another one.
    spoil: `echo +1h > /etc/faketimerc && ls /usr/lib/*/faketime/libfaketime.so.1 > /etc/ld.so.preload && ${restartSsh}`,
    mend: `rm /etc/ld.so.preload /etc/faketimerc && ${restartSsh}`,
    says: /has a clock 3(59|60)\d s away from the others; run a time service .*/,
  },
  {
    what: "a machine that Kubernetes is not released for",
    host: "north-a",
    ...forSessions("architecture", "Personality=x86"),
    says: /has the architecture i686, for which Kubernetes is not released; use an amd64 or arm64 host/,
  },
  {
    what: "no route to another host",
    host: "north-a",
    spoil: `ip route add unreachable ${translatedAddress}`,
    mend: `ip route del unreachable ${translatedAddress}`,
    says: /has no route to 10\.91\.2\.50; hosts must reach each other directly/,
  },
  {
    what: "somebody else's node",
    host: "north-a",
    spoil: "mkdir /etc/kubernetes && touch /etc/kubernetes/kubelet.conf",
    mend: "rm -r /etc/kubernetes",
    says: /is a node of a cluster that is not IoTEF's .*; run kubeadm reset there/,
  },
  {
    what: "a kernel without bridge filters",
    host: "north-a",
    spoil: "mount -t tmpfs none /sys/module && mount -t tmpfs none /proc/sys/net/bridge",
    mend: "umount /proc/sys/net/bridge /sys/module",
  },
  {
    what: "a kernel without overlay",
    host: "north-a",
    ...otherText("/proc/filesystems", "grep -v overlay"),
  },
  {
    what: "a kernel without vxlan",
    host: "north-a",
    // Of a kernel that has it, a program without the right to make a link gets none either.
    ...forSessions("vxlan", "CapabilityBoundingSet=~CAP_NET_ADMIN"),
    says: /has no vxlan, br_netfilter, overlay in its kernel; install linux-modules-extra .*/,
  },

  {
    what: "the machine id of another host",
    host: "north-b",
    spoil: "cp /etc/machine-id /etc/machine-id.own && echo MACHINE_ID > /etc/machine-id",
    mend: "cat /etc/machine-id.own > /etc/machine-id && rm /etc/machine-id.own",
    says: /has the machine id MACHINE_ID of north-a too; give each its own: rm .*/,
  },
  {
    what: "the name of another host",
    host: "north-b",
    spoil: "hostname north-a",
    mend: "hostname north-b",
    says: /has the host name north-a of north-a too; give each its own: hostnamectl .*/,
  },
  {
    what: "another cluster's host",
    host: "north-b",
    spoil: "mkdir /etc/iotef && printf 'cluster=mill\\nhost=mill-w1\\n' > /etc/iotef/host",
    mend: "rm -r /etc/iotef",
    says: /is host mill-w1 of cluster mill already; take it out of iotef:hosts there .*/,
  },
  {
    what: "somebody's files where the broker's are to be",
    host: "north-b",
    spoil: "mkdir /var/lib/iotef/kafka && touch /var/lib/iotef/kafka/letters",
    mend: "rm -r /var/lib/iotef/kafka",
    says: /has files in \/var\/lib\/iotef\/kafka that are no broker's, .*; empty that folder, or set iotef:kafka.dataPath .*/,
  },
  {
    what: "a memory cgroup that is off",
    host: "north-b",
    ...otherText("/proc/cgroups", `awk '$1 == "memory" { $4 = 0 } { print }' OFS='\\t'`),
    says: /has the memory cgroup switched off; add cgroup_enable=memory .*/,
  },
  {
    what: "a disk that takes a second for a record",
    host: "north-b",
    // Four writes in a second, of which each record takes some.
    spoil: `echo "${diskOfEtcd} 4" > ${limit}`,
    mend: `echo "${diskOfEtcd} 0" > ${limit}`,
    says: /takes \d{3,5}(\.\d)? ms for a write to the disk of \/var\/lib\/etcd; a control-plane needs under 250, .*: use an SSD .*/,
  },

  {
    what: "an address that is not the host's own",
    host: "south-a",
    spoil: `ip route add local ${translatedAddress} dev lo`,
    mend: `ip route del local ${translatedAddress} dev lo`,
    says: /does not hold its address 10\.91\.2\.50 on any interface \(it has 127\.0\.0\.1, 10\.91\.2\.11\); use one of those/,
  },
  ...[10250, 8443].map((port) => ({
    what: `port ${port} taken`,
    host: "south-a",
    spoil: `systemd-run --quiet --unit taken-${port} --socket-property=ListenStream=${port} --socket-property=Accept=no /bin/cat`,
    mend: `systemctl stop taken-${port}.socket`,
    ...(port === 8443 && { says: /has something listening on port 10250, 8443; stop it, .*/ }),
  })),
  {
    what: "small memory",
    host: "south-a",
    ...otherText("/proc/meminfo", "sed 's/^MemTotal:.*/MemTotal: 1024000 kB/'"),
    says: /has 1000 MiB of memory; a control-plane needs 1700: use a larger host, or let it be a worker/,
  },
  {
    what: "swap",
    host: "south-a",
    ...otherText("/proc/swaps", "sed '$a /dev/mmcblk0p3 partition 2097148 0 -2'"),
    says: /swaps to \/dev\/mmcblk0p3; run `swapoff -a` and remove what switches it on .*/,
  },
  {
    what: "one processor",
    host: "south-a",
    spoil: `cpus=${cgroupOf("cpuset")}/cpuset.cpus && cp $cpus /run/cpus && sed 's/[-,].*//' /run/cpus > $cpus`,
    mend: `cat /run/cpus > ${cgroupOf("cpuset")}/cpuset.cpus && rm /run/cpus`,
    says: /has 1 CPU; a control-plane needs 2: use a larger host, or let it be a worker/,
  },
  {
    what: "a missing program",
    host: "south-a",
    spoil: "mv /usr/sbin/losetup /usr/sbin/losetup.away",
    mend: "mv /usr/sbin/losetup.away /usr/sbin/losetup",
    says: /has no losetup; use Debian or Ubuntu .*/,
  },
  {
    what: "a small disk",
    host: "south-a",
    spoil: "mount -t tmpfs -o size=100m none /var/lib",
    mend: "umount /var/lib",
    says: /has 100 MiB free under \/var\/lib; it needs 3000: clear some, .*/,
  },
  {
    what: "a disk that cannot be written",
    host: "south-a",
    spoil: "mount -o remount,ro /var/lib",
    mend: "mount -o remount,rw /var/lib",
    says: /cannot write to the disk of \/var\/lib\/etcd \(Read-only file system\); mount it for writing, .*/,
  },
];
