# Sourced. module PATH VERSION: copies a module out of the module cache into $WORK and enters it, so that its own go.mod and
# go.sum rule the build.
module() {
  local folder
  folder=$(go mod download -json "$1@$2" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  [ -d "$folder" ] || { echo "the module $1@$2 has no folder" >&2; exit 1; }
  rm -rf "$WORK/module"
  cp -r "$folder" "$WORK/module"
  chmod -R u+w "$WORK/module"
  cd "$WORK/module"
}
export GOFLAGS="-mod=mod -trimpath -buildvcs=false"
export CGO_ENABLED=0
mkdir -p "$OUT"
