#!/bin/sh
# Makes sure that the real peers of the tests are on this machine: installs the Debian packages of their names with
# apt-get as root, or where sudo asks no password; otherwise fails saying what to install.
# Usage: sh interop/install-peers.sh [PROGRAM...]   default: mosquitto; chromium is the other one
set -eu

# Debian puts daemons there, which is not on every user's PATH.
PATH="$PATH:/usr/local/sbin:/usr/sbin"

if [ "$#" -eq 0 ]; then set -- mosquitto; fi

missing() {
  for program in "$@"; do
    if ! command -v "$program" >/dev/null; then echo "$program"; fi
  done
}

# The names have no spaces in them, so that a list of them is split by leaving out the quotes.
lacking=$(missing "$@")
as_root=''
if [ "$(id -u)" -ne 0 ]; then as_root='sudo -n'; fi

if [ -n "$lacking" ] && command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "Installing with apt-get:" $lacking
  $as_root apt-get update -qq </dev/null &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $lacking </dev/null ||
    echo 'apt-get failed' >&2
fi

lacking=$(missing "$@")
if [ -n "$lacking" ]; then
  cat >&2 <<MESSAGE
These tests need programs that are not on this machine and could not be installed from here: $(echo $lacking)
Install them and run again; on Debian or Ubuntu:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends $(echo $lacking)
MESSAGE
  exit 1
fi

for program in "$@"; do
  if [ "$program" = mosquitto ]; then mosquitto -h | head -n 1; else "$program" --version 2>/dev/null; fi
done
