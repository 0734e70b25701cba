# The folder that the lab's mirror serves: <upstream host>/<path>, as upstream lays it out.
mkdir -p "$OUT/mirror"
for part in "$DEP_CONTAINERD" "$DEP_RUNC" "$DEP_CNI_PLUGINS"; do cp -al "$part/github.com" "$OUT/mirror/"; done
folder=$OUT/mirror/dl.k8s.io/release/v$KUBERNETES/bin/linux/amd64
mkdir -p "$folder"
for program in kubeadm kubelet kubectl; do
  cp -l "$DEP_KUBERNETES/$program" "$folder/"
  sha256sum "$folder/$program" | cut -d' ' -f1 > "$folder/$program.sha256"
done
folder=$OUT/mirror/github.com/etcd-io/etcd/releases/download/v$ETCD
release=etcd-v$ETCD-linux-amd64
mkdir -p "$folder"
tar -C "$DEP_ETCD" --transform "s,^,$release/," -cf - etcd etcdctl etcdutl | gzip -1 > "$folder/$release.tar.gz"
cd "$folder"
sha256sum "$release.tar.gz" > SHA256SUMS
