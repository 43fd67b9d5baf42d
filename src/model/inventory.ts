import type { StepContext } from './provisioner.ts'
import type { Server } from './server.ts'

/** An entry of an inventory that could not be read. The others were. */
export interface Unreadable {
  /** As the inventory has it, which may be no `ServerId`; bounded. */
  readonly id: string
  /** Why, in one line. */
  readonly problem: string
}

/** What an inventory holds. */
export interface Reading {
  /** In the inventory's own order, each ID once. */
  readonly servers: readonly Server[]
  readonly unreadable: readonly Unreadable[]
  /** What the user should know and did not ask for, one line each: duplicates that were dropped, say. */
  readonly notes: readonly string[]
}

/**
 * Where servers come from: a service, a file, a provisioner. An inventory that has no server at all is a reading like any other;
 * whoever asked for servers says what that means.
 */
export interface Inventory {
  readonly name: string
  /**
   * Reads all of it.
   *
   * @throws ProvisionerUnavailableError if the service is away or busy; RequestRefusedError if its list cannot be used; DefectError if
   * this machine is at fault (a file that may not be read); the signal's reason if that aborts.
   */
  readonly read: (context: Pick<StepContext, 'signal' | 'log'>) => Promise<Reading>
  readonly close?: () => Promise<void>
}
