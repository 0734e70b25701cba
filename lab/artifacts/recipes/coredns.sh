# CoreDNS with the plugins that a cluster uses: its full list pulls in the SDKs of several clouds.
. "$RECIPES/module.sh"
module github.com/coredns/coredns "v$COREDNS"
{
  printf 'package plugin\n\nimport (\n'
  for plugin in bind cache errors forward health hosts kubernetes loadbalance log loop metrics ready reload rewrite template whoami; do
    printf '\t_ "github.com/coredns/coredns/plugin/%s"\n' "$plugin"
  done
  printf ')\n'
} > core/plugin/zplugin.go
go build -ldflags "-s -w" -o "$OUT/coredns" .
