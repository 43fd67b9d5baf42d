#!/bin/sh
# mark-broken.sh ID REASON: takes a machine out of the pool. Passes when this run has marked it already.
set -eu
machine=$MACHINES/$1
mkdir -p "$machine"
exec 9> "$machine/lock"
flock 9

if [ -e "$machine/broken" ]; then
  grep -q "^$RACKBENCH_RUN_ID: " "$machine/broken" && exit
  echo "marked already: $(cat "$machine/broken")" >&2
  exit 10 # not ours
fi
echo "$RACKBENCH_RUN_ID: $2" > "$machine/broken"
