# etcd, etcdctl, etcdutl. The modules point at each other by path; published versions take their place.
. "$RECIPES/module.sh"
for part in server etcdctl etcdutl; do
  module "go.etcd.io/etcd/$part/v3" "v$ETCD"
  # `replace (` blocks and single lines.
  sed -i -e '/^replace (/,/^)/d' -e '/^replace /d' go.mod
  name=$part
  [ "$part" = server ] && name=etcd
  go build -ldflags "-s -w" -o "$OUT/$name" .
done
