# The folder that the lab's mirror serves: <upstream host>/<path>, as upstream lays it out.
mkdir -p "$OUT/mirror"
for part in "$DEP_CONTAINERD" "$DEP_RUNC" "$DEP_CNI_PLUGINS"; do cp -al "$part/github.com" "$OUT/mirror/"; done
folder=$OUT/mirror/dl.k8s.io/release/v$KUBERNETES/bin/linux/amd64
mkdir -p "$folder"
for program in kubeadm kubelet kubectl; do
  cp -l "$DEP_KUBERNETES/$program" "$folder/"
  sha256sum "$folder/$program" | cut -d' ' -f1 > "$folder/$program.sha256"
done
