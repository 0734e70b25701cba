# toxiproxy: TCP connections that can be slowed, cut and reset, for the fault harness and for benches over a distance.
. "$RECIPES/module.sh"
module github.com/Shopify/toxiproxy/v2 "v$TOXIPROXY"
go build -ldflags "-s -w" -o "$OUT/toxiproxy-server" ./cmd/server
