# Makes HOST a serving control plane: joins it where any other one serves, starts the cluster where none ever did.
# Which host is asked first does not matter: a rebuilt first host joins like any other.
# Beside session.sh's: INIT_CONFIG, JOIN_CONFIG, FOUNDERS (the control planes that may start the cluster, as name@generation),
# ENDPOINT (name:port of the API on every host's HAProxy).
# finish_init: an init that died when its API server was up has not yet written down what others need to join, nor started
# kube-proxy and CoreDNS. Its configuration is still there then; kubeadm's phases may be run again.
finish_init() {
  on "$ADDRESS" 'file=/etc/iotef/init.yaml
    [ -f $file ] || exit 0
    for phase in "upload-config all" mark-control-plane bootstrap-token "kubelet-finalize all" "addon all"; do
      kubeadm init phase $phase --config $file > /var/log/iotef-init.log 2>&1 || { tail -n 15 /var/log/iotef-init.log >&2; exit 1; }
    done
    rm -f $file' </dev/null || refuse "could not finish kubeadm init; its log is /var/log/iotef-init.log on the host"
}

# settle ADDRESS_OF_A_CONTROL_PLANE: what a member of the cluster gets whichever way it came. Its kubelet reaches the API through
# the host's HAProxy, as those of workers do. kubeadm points it at the API server of its own host (for upgrades, while versions
# differ): when that is away for 20 s, the host counts as dead and its stages leave it.
settle() {
  on "$ADDRESS" "file=/etc/kubernetes/kubelet.conf
    grep -q 'server: https://$ENDPOINT\$' \$file ||
      { sed -i 's|server: https://.*|server: https://$ENDPOINT|' \$file && systemctl restart kubelet; }" </dev/null
  label_node "$1"
}

mine=$(state_of "$ADDRESS")
[ "$mine" != unreachable ] || refuse "does not answer on SSH at $ADDRESS:$SSH_PORT"
if [ "$mine" = serving ]; then
  finish_init
  settle "$ADDRESS"
  say "is a control plane"
  exit
fi

# await_own: until the API server that this host has answers
await_own() {
  say "has an API server that does not answer; waiting for it"
  for _ in $(seq 120); do
    if [ "$(state_of "$ADDRESS")" = serving ]; then settle "$ADDRESS"; say "is a control plane"; exit; fi
    sleep 5
  done
  refuse "belongs to the cluster but its API server did not answer within 10 minutes; look at 'crictl ps' and 'journalctl -u kubelet' there"
}

await_server
if [ -n "$server" ]; then
  again etcdctl_on_server member list > "$session/members"
  if [ "$mine" = stopped ] && is_voter "$session/members"; then await_own; fi
  again forget_members
  again on "$server" "$kubectl delete node $HOST --ignore-not-found" </dev/null >/dev/null
  [ "$mine" = none ] && [ "$(on "$ADDRESS" 'ls -A /etc/kubernetes /var/lib/etcd 2>/dev/null | grep -c .' </dev/null || true)" = 0 ] ||
    on "$ADDRESS" "kubeadm reset -f --cri-socket unix:///run/containerd/containerd.sock >/var/log/iotef-reset.log 2>&1 || true" </dev/null
  join_through_server
  settle "$server"
  say "joined through $server_name"
  exit
fi
case " $others" in
*=stopped*) refuse "must not start a new cluster: another control plane has one that does not answer ($others); start it, or restore it first" ;;
*=unreachable*) refuse "must not start a new cluster while another control plane cannot be asked ($others); bring it back, or take it out of iotef:hosts" ;;
esac
# Nobody serves and nobody ever did, but for this host itself. Its init may have died half-way: only then its configuration is
# still there, and only then may what it left go. A cluster that was started is never reset, however long it is silent.
case " $FOUNDERS " in
*" $HOST@${GENERATION:-1} "*) ;;
*) refuse "must not start a new cluster: this one began with $FOUNDERS, and none of its control planes is left to join. Keep at least one in each change; where all are lost for good: pulumi destroy, then pulumi up" ;;
esac
half_way=$(on "$ADDRESS" 'if [ -f /etc/iotef/init.yaml ]; then echo yes; else echo no; fi' </dev/null) || refuse "does not answer on SSH at $ADDRESS:$SSH_PORT"
if [ "$mine" = stopped ] && [ "$half_way" = no ]; then await_own; fi
[ "$mine" = none ] || on "$ADDRESS" "kubeadm reset -f --cri-socket unix:///run/containerd/containerd.sock >/var/log/iotef-reset.log 2>&1 || true" </dev/null
on "$ADDRESS" 'umask 077; cat > /etc/iotef/init.yaml
  kubeadm init --config /etc/iotef/init.yaml --skip-token-print --skip-certificate-key-print > /var/log/iotef-init.log 2>&1 ||
    { tail -n 15 /var/log/iotef-init.log >&2; exit 1; }
  rm -f /etc/iotef/init.yaml' <<< "$INIT_CONFIG" || refuse "kubeadm init failed; its log is /var/log/iotef-init.log on the host"
settle "$ADDRESS"
say "started the cluster"
