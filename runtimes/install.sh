#!/bin/sh
# Makes sure that everything that these tests need is on this machine: Chromium, and the packages of this folder, which
# are most of the runtimes.
set -eu
folder=$(dirname "$0")

sh "$folder/../interop/install-peers.sh" chromium
npx -y pnpm@12.21.0 --dir "$folder" install --frozen-lockfile
