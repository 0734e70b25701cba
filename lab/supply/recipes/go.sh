# Sourced by the recipes of Go programs.
# Programs are static and carry no paths of this machine; the Go toolchain is the machine's own, never fetched by `go`.
export CGO_ENABLED=0 GOFLAGS="-mod=mod -trimpath -buildvcs=false" GOTOOLCHAIN=local GOWORK=off

# module_dir PATH@VERSION: fetches a module and prints the (read-only) folder with its source.
module_dir() {
  go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}

# copy_module PATH@VERSION DIR: an editable copy of a module's source, its own go.mod and go.sum included.
copy_module() {
  local source
  source=$(module_dir "$1")
  [ -n "$source" ] || { echo "no source of module $1" >&2; return 1; }
  mkdir -p "$2"
  cp -r --no-preserve=mode,ownership,timestamps "$source/." "$2"
}

# align DIR MODULES: lets the module in DIR use the versions that MODULES (lines `path version`) names, where both know a
# module. Packages that the program shares with Kubernetes then come out of the build cache instead of being compiled
# in a second version.
align() {
  local edits
  mapfile -t edits < <(
    awk 'NR == FNR { known[$1]; next } $1 in known { print "-replace=" $1 "=" $1 "@" $2 }' \
      <(cd "$1" && go list -m -f '{{if not .Main}}{{.Path}}{{end}}' all) "$2"
  )
  (cd "$1" && go mod edit "${edits[@]}")
}
