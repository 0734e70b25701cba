# HAProxy on this host balances the API; keepalived, where configured, holds the virtual address on one entry host.
mkdir -p /etc/haproxy
printf '%s' "$HAPROXY_CONFIG" > /etc/haproxy/haproxy.cfg.iotef-check
haproxy -c -q -f /etc/haproxy/haproxy.cfg.iotef-check >&2
rm /etc/haproxy/haproxy.cfg.iotef-check
changed=no
printf '%s' "$HAPROXY_CONFIG" | put /etc/haproxy/haproxy.cfg 644 && changed=yes
systemctl unmask -q haproxy
systemctl enable -q haproxy
# On a host whose every core is busy they come first: all that people and pulumi send to the API passes them.
weight() { systemctl set-property "$1" CPUWeight=1000; }
weight haproxy
# Reload, never restart: running watches stay.
if ! systemctl is-active -q haproxy; then systemctl restart haproxy; elif [ $changed = yes ]; then systemctl reload haproxy; fi

if [ -n "$KEEPALIVED_CONFIG" ]; then
  interface=$(ip -4 -o addr show | awk -v a="$ADDRESS" '{ split($4, x, "/"); if (x[1] == a) { print $2; exit } }')
  [ -n "$interface" ] || { echo "no interface of this host holds $ADDRESS" >&2; exit 1; }
  weight keepalived
  changed=no
  printf '%s' "$REACHES_API" | put "$REACHES_API_PATH" 755 || true
  printf '%s' "${KEEPALIVED_CONFIG//@INTERFACE@/$interface}" | put /etc/keepalived/keepalived.conf 644 && changed=yes
  systemctl unmask -q keepalived
  systemctl enable -q keepalived
  if ! systemctl is-active -q keepalived; then systemctl restart keepalived; elif [ $changed = yes ]; then systemctl reload keepalived; fi
elif [ -f /etc/keepalived/keepalived.conf ] && grep -q 'Written by IoTEF' /etc/keepalived/keepalived.conf; then
  systemctl disable -q --now keepalived
  rm /etc/keepalived/keepalived.conf
fi
