# The seven Kubernetes programs, in one `go build` so that packages are compiled once and links overlap; and modules.txt,
# the module versions they were built with, which the other recipes align to.
source "$RECIPES/go.sh"
cd "$WORK"

staging=v0.${V_KUBERNETES#*.}
upstream=$(go mod download -json "k8s.io/kubernetes@v$V_KUBERNETES" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')
commands=(kubeadm kubectl kubelet kube-apiserver kube-controller-manager kube-scheduler kube-proxy)

{
  echo "module iotef.example/kubernetes"
  grep -E '^go ' "$upstream"
  grep -E '^godebug ' "$upstream"
  echo "require k8s.io/kubernetes v$V_KUBERNETES"
  # Upstream keeps the staging modules beside it; as modules they are published under v0.
  sed -n 's|^\t\(k8s.io/[^ ]*\) => ./staging/.*|replace \1 => \1 '"$staging"'|p' "$upstream"
} >go.mod
{
  echo "package tools"
  printf 'import _ "k8s.io/kubernetes/cmd/%s"\n' "${commands[@]}"
} >tools.go
# -e: the main packages cannot be imported, only their requirements matter here.
go mod tidy -e

stamp="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  stamp+=" -X $package.gitVersion=v$V_KUBERNETES -X $package.gitTreeState=clean"
  stamp+=" -X $package.gitMajor=${V_KUBERNETES%%.*} -X $package.gitMinor=$(cut -d. -f2 <<<"$V_KUBERNETES")"
done
go build -ldflags "$stamp" -o "$OUT/" "${commands[@]/#/k8s.io/kubernetes/cmd/}"
go list -m -f '{{if not .Main}}{{.Path}} {{with .Replace}}{{.Version}}{{else}}{{.Version}}{{end}}{{end}}' all >"$OUT/modules.txt"
