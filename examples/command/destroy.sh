#!/bin/sh
# destroy.sh ID: wipes a machine. Passes when it is clean already.
set -eu
machine=$MACHINES/$1
mkdir -p "$machine"
exec 9> "$machine/lock"
flock 9 # waits for an install that nobody waits for any more

echo "wiping"
rm -f "$machine/installing" "$machine/installed"
echo "destroy $RACKBENCH_KEY" >> "$machine/history"
