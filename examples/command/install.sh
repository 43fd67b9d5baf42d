#!/bin/sh
# install.sh ID OS: installs a machine, from any state that is ours.
#
# A machine is a folder. For a rehearsal, put files into it:
# "takes" (seconds), "fails" (what the install says), "score".
set -eu
machine=$MACHINES/$1
mkdir -p "$machine"
exec 9> "$machine/lock"
flock 9 # one script at a time; a destroy waits here for an install that nobody waits for any more

if [ -e "$machine/broken" ]; then
  echo "marked as broken: $(cat "$machine/broken")" >&2
  exit 10 # not ours
fi
# The same key again: the answer was lost. What was begun is not begun twice.
if [ "$(cat "$machine/installed" 2> /dev/null)" = "$RACKBENCH_KEY" ]; then
  echo "$2 is installed already"
  exit
fi

rm -f "$machine/installed"
echo "$RACKBENCH_KEY" > "$machine/installing"
echo "install $RACKBENCH_KEY" >> "$machine/history"
echo "installing $2"
sleep "$(cat "$machine/takes" 2> /dev/null || echo 0)" 9>&-
if [ -e "$machine/fails" ]; then
  cat "$machine/fails" >&2
  exit 1 # this machine has failed
fi
mv "$machine/installing" "$machine/installed"
