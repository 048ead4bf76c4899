#!/bin/sh
# Makes sure that the real brokers of the interop tests are on this machine: installs them with apt-get as root, or
# where sudo asks no password; otherwise fails saying what to install.
set -eu

# Debian puts daemons there, which is not on every user's PATH.
PATH="$PATH:/usr/local/sbin:/usr/sbin"

if command -v mosquitto >/dev/null; then
  mosquitto -h | head -n 1
  exit 0
fi

as_root=''
if [ "$(id -u)" -ne 0 ]; then as_root='sudo -n'; fi

if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo 'Installing mosquitto with apt-get'
  $as_root apt-get update -qq </dev/null &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mosquitto </dev/null ||
    echo 'apt-get failed' >&2
fi

if ! command -v mosquitto >/dev/null; then
  cat >&2 <<'MESSAGE'
The interop tests need the mosquitto broker, which is not on this machine and could not be installed from here.
Install it and run again; on Debian or Ubuntu:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends mosquitto
MESSAGE
  exit 1
fi
mosquitto -h | head -n 1
