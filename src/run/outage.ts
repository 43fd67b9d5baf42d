/** Tells whether any step is waiting for the provisioner to come back: no new server is started meanwhile. */
export interface Outage {
  /** A step is in trouble from now until it calls the answer. */
  readonly enter: () => () => void
  /** Resolves when no step is in trouble, or `giveUp` was called. */
  readonly over: () => Promise<void>
  /** Lets everybody go who waits, now and from now on: the run is being ended. */
  readonly giveUp: () => void
}

export function createOutage(): Outage {
  let troubled = 0
  let givenUp = false
  let waiting: (() => void)[] = []
  const isHeld = (): boolean => troubled > 0 && !givenUp
  const letGo = (): void => {
    const released = waiting
    waiting = []
    for (const go of released) go()
  }
  return {
    enter() {
      let inside = true
      troubled++
      return () => {
        if (!inside) return
        inside = false
        troubled--
        if (troubled === 0) letGo()
      }
    },
    async over() {
      while (isHeld()) await new Promise<void>((go) => waiting.push(go))
    },
    giveUp() {
      givenUp = true
      letGo()
    },
  }
}
