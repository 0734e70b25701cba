#!/bin/bash
# The image of the lab's hosts: a Debian server with systemd and sshd, as the product finds it on real machines.
# HAProxy and keepalived are installed and off; the mirror's two servers (nginx, docker-registry) run from the same image.
#
# Writes $OUT/host-image.tar, an archive for `podman load` (about 280 MB; 70 s, most of it debootstrap).
#
# IOTEF_DEBIAN_MIRROR and IOTEF_DEBIAN_SUITE choose where from and which; default: the machine's own first source, bookworm.
set -euo pipefail
suite=${IOTEF_DEBIAN_SUITE:-bookworm}
mirror=${IOTEF_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -1)}

packages=(
  # the machine
  systemd systemd-sysv dbus kmod mount util-linux procps psmisc iproute2 iputils-ping ethtool openssh-server ca-certificates curl xz-utils
  # what kubeadm hosts have
  iptables nftables conntrack ipset socat haproxy keepalived
  # the mirror
  nginx-light docker-registry
  # what makes a host's clock wrong: the machine's is that of all hosts
  libfaketime
)

work=$(mktemp -d "${TMPDIR:-/var/tmp}/iotef-host-image.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
debootstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" "$suite" "$root" "$mirror" > "$work/debootstrap.log" 2>&1 ||
  { tail -20 "$work/debootstrap.log" >&2; exit 1; }

for unit in haproxy keepalived nginx docker-registry nftables; do chroot "$root" systemctl disable --quiet "$unit" 2> /dev/null; done

# Devices, clocks and consoles are the machine's; a host has no business with them.
mask=(
  systemd-firstboot.service systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service
  systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
  systemd-modules-load.service systemd-timesyncd.service systemd-pstore.service console-getty.service getty.target
  sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount
  proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
)
for unit in "${mask[@]}"; do ln -sf /dev/null "$root/etc/systemd/system/$unit"; done

# Parameters that no namespace holds would change the machine; a host's own files in /etc/sysctl.d still count.
for file in "$root"/usr/lib/sysctl.d/*.conf; do ln -sf /dev/null "$root/etc/sysctl.d/$(basename "$file")"; done

# containerd leaves the shims of pods to themselves: a clean power-off would wait 90 s for them.
mkdir -p "$root"/etc/systemd/{system,journald}.conf.d
printf '[Manager]\nDefaultTimeoutStopSec=8s\n' > "$root/etc/systemd/system.conf.d/lab.conf"
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\nForwardToSyslog=no\n' > "$root/etc/systemd/journald.conf.d/lab.conf"

# A host gets its identity before its first boot (lab/hosts/seed.ts).
rm -rf "$root"/etc/ssh/ssh_host_* "$root/etc/machine-id" "$root/var/lib/dbus/machine-id" "$root/etc/hostname" "$root/etc/resolv.conf"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,info,locale}/* "$root"/var/log/*.log

cat > "$work/containers.conf" <<'CONF'
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "runc"
CONF
export CONTAINERS_CONF=$work/containers.conf
podman=(podman --root "$work/store" --runroot "$work/run" --tmpdir "$work/tmp" --storage-driver vfs)
tar --numeric-owner --sort=name -C "$root" -cf "$work/root.tar" .
rm -rf "$root"
"${podman[@]}" import --quiet "$work/root.tar" localhost/iotef-host:latest > /dev/null
rm "$work/root.tar"
mkdir -p "$OUT"
"${podman[@]}" save --quiet --format docker-archive --output "$OUT/host-image.tar" localhost/iotef-host:latest
