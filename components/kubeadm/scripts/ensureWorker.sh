# Makes HOST a worker of the cluster that any of the CONTROL_PLANES serves. Beside session.sh's: JOIN_CONFIG.
await_server
[ -n "$server" ] || refuse "cannot join: no control plane serves the API ($others)"
joined=$(on "$ADDRESS" 'if [ -f /etc/kubernetes/kubelet.conf ]; then echo yes; else echo no; fi' </dev/null) || refuse "does not answer on SSH at $ADDRESS:$SSH_PORT"
known=$(again on "$server" "$kubectl get node $HOST --ignore-not-found -o name" </dev/null)
# The sure test is both sides: the host's own kubelet and the list of nodes.
if [ "$joined" = yes ] && [ -n "$known" ]; then
  label_node "$server"
  say "is a worker"
  exit
fi
[ "$joined" = no ] || on "$ADDRESS" "kubeadm reset -f --cri-socket unix:///run/containerd/containerd.sock >/var/log/iotef-reset.log 2>&1 || true" </dev/null
[ -z "$known" ] || again on "$server" "$kubectl delete node $HOST" </dev/null >/dev/null
join_through_server
label_node "$server"
say "joined through $server_name"
