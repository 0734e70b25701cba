# Pulumi's Kubernetes provider: one revision is served as a module. Its main embeds generated files that the module does not
# hold, so an own main embeds the schema, marked with the version that the npm package @pulumi/kubernetes asks for.
cd "$WORK"
base=github.com/pulumi/pulumi-kubernetes
folder=$(go mod download -json "$base/provider/v4@$PULUMI_KUBERNETES_REVISION" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')

jq -c --arg version "$PULUMI_KUBERNETES" '.version = $version' "$folder/cmd/pulumi-resource-kubernetes/schema.json" > schema.json
cp "$folder/cmd/pulumi-resource-kubernetes/terraform-mapping.json" terraform-mapping.json
chmod u+w ./*.json
cat > go.mod <<MOD
module iotef.example/pulumi-kubernetes

go 1.26.0

require $base/provider/v4 $PULUMI_KUBERNETES_REVISION

replace $base/sdk/v4 => $base/sdk/v4 v$PULUMI_KUBERNETES
MOD
cat > main.go <<GO
package main

import (
	_ "embed"

	"$base/provider/v4/pkg/provider"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() { provider.Serve("kubernetes", "$PULUMI_KUBERNETES", schema, terraformMapping) }
GO
go mod tidy
mkdir -p "$OUT"
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$OUT/pulumi-resource-kubernetes" .
