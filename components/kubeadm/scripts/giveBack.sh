# HOST is given back: what preparation and join put there goes. A host that does not answer is left as it is, and that is said:
# it is dead, or not ours any more. So is one that has another's name or cluster by now. Beside session.sh's: CLUSTER, RESET, what
# runs on the host.
reach() { on "$ADDRESS" "$@"; }
for try in 1 2; do
  failed=0
  reach true </dev/null 2> "$session/reach" || failed=$?
  [ $failed = 255 ] || break
done
if [ $failed = 255 ]; then
  say "does not answer on SSH ($(tail -n 1 "$session/reach")), so it was not reset; if it ever comes back, wipe it before it is used: it still holds the cluster's keys and a broker's records" >&2
  exit
fi
whose=$(reach 'cat /etc/iotef/host 2>/dev/null || { [ ! -f /etc/kubernetes/kubelet.conf ] || echo host=another; }' </dev/null) || refuse "does not answer any more; run pulumi up again"
if [ -n "$whose" ] && ! { grep -qx "host=$HOST" <<< "$whose" && grep -qxE "cluster=${CLUSTER:-.*}" <<< "$whose"; }; then
  say "is not ours any more ($(tr '\n' ' ' <<< "$whose")), so it was not reset" >&2
  exit
fi
reach 'bash -c "$(cat)" reset' <<< "$RESET" || refuse "could not be reset, see above; run pulumi up again"
say "was given back"
