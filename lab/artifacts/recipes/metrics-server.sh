. "$RECIPES/module.sh"
module sigs.k8s.io/metrics-server "v$METRICS_SERVER"
# Its OpenAPI description is generated and not in the module.
[ -f pkg/api/generated/openapi/zz_generated.openapi.go ] || {
  go run k8s.io/kube-openapi/cmd/openapi-gen --output-pkg sigs.k8s.io/metrics-server/pkg/api/generated/openapi \
    --output-dir pkg/api/generated/openapi --output-file zz_generated.openapi.go --go-header-file /dev/null \
    k8s.io/metrics/pkg/apis/metrics/v1beta1 k8s.io/apimachinery/pkg/apis/meta/v1 k8s.io/apimachinery/pkg/api/resource k8s.io/apimachinery/pkg/version
}
go build -ldflags "-s -w" -o "$OUT/metrics-server" ./cmd/metrics-server
