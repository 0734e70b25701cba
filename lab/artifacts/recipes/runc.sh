# runc, fully static: hosts may have another C library.
. "$RECIPES/module.sh"
module github.com/opencontainers/runc "v$RUNC"
folder=$OUT/github.com/opencontainers/runc/releases/download/v$RUNC
mkdir -p "$folder"
CGO_ENABLED=1 go build -tags "seccomp urfave_cli_no_docs netgo osusergo" \
  -ldflags "-s -w -linkmode external -extldflags -static" -o "$folder/runc.amd64" .
cd "$folder"
sha256sum runc.amd64 > runc.sha256sum
