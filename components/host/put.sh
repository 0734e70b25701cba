# Sourced before scripts that run on hosts.
# put FILE MODE: standard input becomes FILE; true when that changed anything
put() {
  local new="$1.iotef-new"
  mkdir -p "$(dirname "$1")"
  cat > "$new"
  chmod "$2" "$new"
  if cmp -s "$new" "$1"; then rm "$new"; return 1; fi
  mv -f "$new" "$1"
}
