import { shellQuote } from '../model/shell-quote.ts'

/** What a script is wrapped for. */
export interface Wrapping {
  /** Names this one call: letters and digits that nobody guesses. */
  readonly nonce: string
  /** Names all calls for one server of one run, which come one after the other: what still runs of an earlier one is ended first. Letters and digits. */
  readonly owner: string
  /** The script is ended when it has heard nothing from here for so long, in seconds. */
  readonly deadSeconds: number
}

/** A script that has begun on a server: what is needed to end it from another connection. */
export interface Begun {
  readonly nonce: string
  /** The process group that it leads there. */
  readonly group: number
  /** Of the server's boot; empty where it cannot be told. */
  readonly boot: string
}

/** What the wrapper itself says: on stdout and stderr, each in a line of its own, whatever a login shell has printed before it. */
export type Mark = { readonly is: 'begun'; readonly begun: Begun } | { readonly is: 'ended'; readonly exitCode: number }

/** What a line says, if it is the wrapper's. */
export function markOf(line: string, nonce: string): Mark | undefined {
  if (!line.startsWith(nonce)) return undefined
  const [, group, boot = ''] = /^ begins as (\d{1,10}) on ([\w-]{0,64})$/.exec(line.slice(nonce.length)) ?? []
  if (group !== undefined) return { is: 'begun', begun: { nonce, group: Number(group), boot } }
  const [, code] = /^ ended with (\d{1,3})$/.exec(line.slice(nonce.length)) ?? []
  return code === undefined ? undefined : { is: 'ended', exitCode: Number(code) }
}

/** How long what is asked to end may take before it is killed: so many fifths of a second. */
const endFifths = 10

/** The functions that end a script: all of its process group, and whatever else has its mark in the environment. */
const ending = `
alive() { grep -qs "^[0-9]* (.*) [^ZX] [0-9]* $group " /proc/[0-9]*/stat; }
kill_group() { kill -s "$1" -- "-$group"; }
end_script() {
  if alive; then
    kill_group TERM
    turn=0
    while [ $turn -lt ${endFifths} ] && alive; do turn=$((turn + 1)); sleep 0.2 || sleep 1; done
  fi
  kill_group KILL
  if alive && [ "$(id -u)" != 0 ]; then sudo -n kill -s KILL -- "-$group"; fi
  for place in $(grep -ls "RACKBENCH_SCRIPT=$nonce" /proc/[0-9]*/environ); do place=\${place%/environ}; kill -s KILL "\${place#/proc/}"; done
} 2>/dev/null >/dev/null
`

/** The functions that end what was begun before by the same owner: by a process that is gone, with its machine, and from which the server has not yet missed a sign of life. */
const earlier = `
places() { grep -ls "RACKBENCH_OWNER=$owner" /proc/[0-9]*/environ; }
signal_earlier() { for place in $(places); do place=\${place%/environ}; kill -s "$1" "\${place#/proc/}"; done; }
end_earlier() {
  [ -n "$(places)" ] || return
  signal_earlier TERM
  turn=0
  while [ $turn -lt ${endFifths} ] && [ -n "$(places)" ]; do turn=$((turn + 1)); sleep 0.2 || sleep 1; done
  signal_earlier KILL
} 2>/dev/null >/dev/null
`

/**
 * The text of a script for `/bin/sh` on the server, which tells when it begins, and when it has ended and how, and leaves nothing
 * of it running, nor of one before it that nobody could end: neither when it ends, nor when the input ends or falls silent, since then nobody waits for it any more. In one
 * pair of braces, so that half of it does nothing.
 */
export function wrapScript(script: string, { nonce, owner, deadSeconds }: Wrapping): string {
  return `{
nonce=${nonce} owner=${owner}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C
export PATH LC_ALL
trap '' HUP
exec 3<&0 </dev/null
boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
[ "$(timeout 9 echo x 2>/dev/null)" = x ] || timeout() { shift; "$@"; }
own=; command -v setsid >/dev/null 2>&1 && own=setsid
${ending}${earlier}
end_earlier
RACKBENCH_SCRIPT=$nonce RACKBENCH_OWNER=$owner $own /bin/sh -c '
printf "\\n%s begins as %s on %s\\n" "$1" "$$" "$2"; printf "\\n%s begins as %s on %s\\n" "$1" "$$" "$2" >&2
exec /bin/sh -c "$3"' sh "$nonce" "$boot" ${shellQuote([script])} 3<&- &
group=$!
{ while [ -n "$(timeout ${deadSeconds} dd bs=1 count=1 <&3)" ]; do :; done; end_script; } >/dev/null 2>&1 &
watcher=$!
wait "$group"; code=$?
kill "$watcher" 2>/dev/null
alive && sleep 0.1
end_script
printf '\\n%s ended with %s\\n' "$nonce" "$code"; printf '\\n%s ended with %s\\n' "$nonce" "$code" >&2
}
`
}

/** A script that ends another one, which was begun over another connection; it says `gone` when it has. */
export function endingScript({ nonce, group, boot }: Begun): string {
  return `{
nonce=${nonce} group=${group}
${ending}
[ "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)" != ${shellQuote([boot])} ] || end_script
echo; echo gone
}
`
}

/**
 * The command that ssh is given for a text, which is then written to its input: no login shell reads more into it than there is,
 * and it may be longer than an argument.
 */
export function commandFor(text: string): string {
  return `exec /bin/sh -c 'eval "$(dd bs=1 count=${Buffer.byteLength(text)} 2>/dev/null)"'`
}
