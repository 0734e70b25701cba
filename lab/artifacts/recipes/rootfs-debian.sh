# A minimal Debian as a tar: base of the hosts' image and of the containers that need a shell.
mkdir -p "$OUT"
# The mirror that this machine itself uses.
mirror=$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)
debootstrap --variant=minbase --include=ca-certificates "$DEBIAN" "$WORK/root" "$mirror" >&2
rm -rf "$WORK"/root/var/cache/apt/*.bin "$WORK"/root/var/cache/apt/archives/*.deb "$WORK"/root/var/lib/apt/lists/* \
  "$WORK"/root/usr/share/{doc,man,info,locale} "$WORK"/root/var/log/*.log
tar -C "$WORK/root" --numeric-owner --xattrs -cf "$OUT/rootfs.tar" .
