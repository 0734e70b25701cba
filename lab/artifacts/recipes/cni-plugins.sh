# The CNI plugins that Flannel's network needs, packed as upstream's release. Flannel's own plugin, which releases no longer
# hold, comes from the last release that did; its present home cannot be had as a module.
. "$RECIPES/module.sh"
module github.com/containernetworking/plugins "v$CNI_PLUGINS"
for plugin in main/bridge main/loopback ipam/host-local meta/portmap meta/bandwidth meta/firewall meta/tuning; do
  go build -ldflags "-s -w -X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion=v$CNI_PLUGINS" \
    -o "$WORK/bin/$(basename "$plugin")" "./plugins/$plugin"
done
folder=$OUT/github.com/containernetworking/plugins/releases/download/v$CNI_PLUGINS
mkdir -p "$folder"
tar -C "$WORK/bin" --owner=0 --group=0 -czf "$folder/cni-plugins-linux-amd64-v$CNI_PLUGINS.tgz" .
(cd "$folder" && sha256sum "cni-plugins-linux-amd64-v$CNI_PLUGINS.tgz" > "cni-plugins-linux-amd64-v$CNI_PLUGINS.tgz.sha256")
module github.com/containernetworking/plugins v0.9.1
mkdir -p "$OUT/flannel-cni-plugin"
go build -ldflags "-s -w" -o "$OUT/flannel-cni-plugin/flannel" ./plugins/meta/flannel
