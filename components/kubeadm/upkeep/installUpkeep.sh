# Puts this control plane's upkeep in place: backups of etcd, a way to restore it, renewal of certificates.
folder=/usr/local/lib/iotef
printf '%s' "$ETCD" | put $folder/etcd.sh 644 || true
printf '%s' "$BACKUP_ETCD" | put $folder/backup-etcd 755 || true
printf '%s' "$SURVEY_ETCD" | put $folder/survey-etcd 755 || true
printf '%s' "$RESTORE_ETCD" | put $folder/restore-etcd 755 || true
printf '%s' "$RENEW_CERTIFICATES" | put $folder/renew-certificates 755 || true
mkdir -p -m 700 /var/lib/iotef/backup
changed=
printf '%s' "$BACKUP_SERVICE" | put /etc/systemd/system/iotef-backup.service 644 && changed="$changed reload"
printf '%s' "$BACKUP_TIMER" | put /etc/systemd/system/iotef-backup.timer 644 && changed="$changed iotef-backup.timer"
printf '%s' "$CERTIFICATES_SERVICE" | put /etc/systemd/system/iotef-certificates.service 644 && changed="$changed reload"
printf '%s' "$CERTIFICATES_TIMER" | put /etc/systemd/system/iotef-certificates.timer 644 && changed="$changed iotef-certificates.timer"
[ -z "$changed" ] || systemctl daemon-reload
for timer in iotef-backup.timer iotef-certificates.timer; do
  systemctl enable -q "$timer"
  # A changed timer counts anew; the others go on counting.
  if [[ " $changed " = *" $timer "* ]]; then systemctl restart "$timer"; else systemctl start "$timer"; fi
done
