# Prints the administrator's kubeconfig of any control plane that serves.
await_server
[ -n "$server" ] || { printf 'no control plane serves the API: %s\n' "$others" >&2; exit 1; }
on "$server" 'cat /etc/kubernetes/admin.conf' </dev/null
