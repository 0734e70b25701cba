# The Pulumi CLI. The replacement of the clipboard module is its own go.mod's.
cd "$WORK"
pkg=github.com/pulumi/pulumi/pkg/v3
gomod=$(go mod download -json "$pkg@v$PULUMI" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')
cat > go.mod <<MOD
module iotef.example/pulumi

go 1.26.0

require (
	$pkg v$PULUMI
	github.com/pulumi/pulumi/sdk/v3 v$PULUMI
)

$(sed -n '/^replace github.com\/atotto/p' "$gomod")
MOD
printf '//go:build tools\n\npackage tools\n\nimport _ "%s/cmd/pulumi"\n' "$pkg" > tools.go
go mod tidy
mkdir -p "$OUT"
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$PULUMI" -o "$OUT/pulumi" "$pkg/cmd/pulumi"
