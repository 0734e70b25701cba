# containerd and its shim, packed as upstream's release: bin/... in a tar.gz with a checksum file beside it.
. "$RECIPES/module.sh"
module github.com/containerd/containerd/v2 "v$CONTAINERD"
for command in containerd containerd-shim-runc-v2 ctr; do
  go build -tags "no_btrfs no_devmapper no_zfs" \
    -ldflags "-s -w -X github.com/containerd/containerd/v2/version.Version=v$CONTAINERD" -o "$WORK/bin/$command" "./cmd/$command"
done
folder=$OUT/github.com/containerd/containerd/releases/download/v$CONTAINERD
mkdir -p "$folder"
cd "$folder"
tar -C "$WORK" --owner=0 --group=0 -czf "containerd-$CONTAINERD-linux-amd64.tar.gz" bin
sha256sum "containerd-$CONTAINERD-linux-amd64.tar.gz" > "containerd-$CONTAINERD-linux-amd64.tar.gz.sha256sum"
