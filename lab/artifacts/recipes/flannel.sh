# flanneld, without the backend for one cloud whose SDK is not published as a module.
. "$RECIPES/module.sh"
module github.com/flannel-io/flannel "v$FLANNEL"
rm -rf pkg/backend/tencentvpc
sed -i '/backend\/tencentvpc/d' main.go
# Its udp backend is C.
CGO_ENABLED=1 go build -ldflags "-s -w -X github.com/flannel-io/flannel/pkg/version.Version=v$FLANNEL -extldflags -static" -o "$OUT/flanneld" .
go build -ldflags "-s -w" -o "$OUT/install-conf" ./cmd/install_conf
