# kubeadm, kubelet, kubectl and the four control plane programs from the module k8s.io/kubernetes. It cannot be built in
# place: its go.mod points at staging folders, so an own module replaces them with the published ones of the same release.
cd "$WORK"
minor=${KUBERNETES#*.}
gomod=$(go mod download -json "k8s.io/kubernetes@v$KUBERNETES" | sed -n 's/^\t"GoMod": "\(.*\)",$/\1/p')
{
  printf 'module iotef.example/kubernetes\n\ngo 1.26.0\n\ngodebug default=go1.26\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$KUBERNETES"
  sed -n "s#^.*\(k8s.io/[a-z-]*\) => ./staging/.*#\t\1 => \1 v0.$minor#p" "$gomod"
  printf ')\n'
} > go.mod
commands="kubeadm kubelet kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy"
{
  printf '//go:build tools\n\npackage tools\n\nimport (\n'
  for command in $commands; do printf '\t_ "k8s.io/kubernetes/cmd/%s"\n' "$command"; done
  printf ')\n'
} > tools.go
go mod tidy -e
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  flags="$flags -X $package.gitVersion=v$KUBERNETES -X $package.gitMajor=1 -X $package.gitMinor=${minor%%.*} -X $package.gitTreeState=clean"
done
mkdir -p "$OUT"
CGO_ENABLED=0 go build -trimpath -ldflags "$flags" -o "$OUT/" $(printf 'k8s.io/kubernetes/cmd/%s ' $commands)
