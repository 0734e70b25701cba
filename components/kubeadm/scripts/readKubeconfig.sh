# Prints the administrator's kubeconfig of any control plane that serves.
# Beside session.sh's: READ_IN, which changes when it is time to read it again.
await_server
[ -n "$server" ] || { printf 'no control plane serves the API: %s\n' "$others" >&2; exit 1; }
on "$server" 'cat /etc/kubernetes/admin.conf' </dev/null
