# Sourced by ./start and ./check: makes .venv from the hash-pinned locks and asks apt only for what is missing.
# With the word "test" it also prepares what the checks need. Safe to run again; a second run takes a moment.
set -eu
cd "$(dirname "$0")"
need=""
have_lib() { ldconfig -p 2>/dev/null | grep -q "$1" || ls /usr/lib/*/"$1"* >/dev/null 2>&1; }
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || need="$need python3"
python3 -c 'import venv, ensurepip' 2>/dev/null || need="$need python3-venv"
have_lib libpangoft2-1.0.so || need="$need libpango-1.0-0 libpangoft2-1.0-0"
have_lib libharfbuzz-subset.so || need="$need libharfbuzz-subset0"
if [ "${1:-}" = test ]; then
  have_lib libatomic.so.1 || need="$need libatomic1"
  command -v git >/dev/null || need="$need git"
  command -v systemd-analyze >/dev/null || need="$need systemd"
  command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || need="$need nginx"
  if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null; then need="$need chromium"; fi
fi
if [ -n "$need" ]; then
  sudo=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "missing system packages, install them as root:$need" >&2; exit 1; }
    sudo=sudo
  fi
  echo "installing system packages:$need" >&2
  $sudo apt-get update -qq
  # Of nginx the checks want the program alone. Its package would start a server on port 80, now and after each
  # reboot, and fails where it cannot: the policy that Debian asks (invoke-rc.d) says no meanwhile.
  policy=/usr/sbin/policy-rc.d
  case "$need" in *nginx*) [ ! -e $policy ] || policy="" ;; *) policy="" ;; esac
  [ -z "$policy" ] || { printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null; $sudo chmod 755 $policy; }
  failed=0
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null || failed=$?
  [ -z "$policy" ] || $sudo rm -f $policy
  case "$need" in *nginx*) $sudo systemctl disable --now nginx >/dev/null 2>&1 || true ;; esac
  [ "$failed" = 0 ] || exit "$failed"
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
[ -x .venv/bin/pip ] || python3 -m venv .venv
# One helper at a time: two checks started together must not install over each other.
exec 9>.venv/lock
command -v flock >/dev/null && flock 9
install_lock() { # file
  stamp=".venv/installed-$1"
  sum=$(cat "$1" pyproject.toml | sha256sum | cut -c1-16)
  if [ "$(cat "$stamp" 2>/dev/null || true)" != "$sum" ]; then
    echo "installing $1" >&2
    .venv/bin/pip install -qq --disable-pip-version-check --no-input --only-binary :all: --require-hashes --no-deps -r "$1"
    echo "$sum" > "$stamp"
  fi
}
install_lock requirements.txt
[ -x .venv/bin/kueakun ] || .venv/bin/pip install -qq --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
if [ "${1:-}" = test ]; then install_lock requirements-test.txt; fi
exec 9>&-
