# The timers and what they made go; a host that is no control plane any more must not hold the cluster's secrets.
systemctl disable -q --now iotef-backup.timer iotef-certificates.timer 2>/dev/null || true
systemctl stop -q iotef-backup.service iotef-certificates.service 2>/dev/null || true
rm -f /etc/systemd/system/iotef-{backup,certificates}.{service,timer}
rm -f /usr/local/lib/iotef/{etcd.sh,backup-etcd,survey-etcd,restore-etcd,renew-certificates}
rm -rf /var/lib/iotef/backup /var/lib/etcd/before-restore-*
systemctl daemon-reload
