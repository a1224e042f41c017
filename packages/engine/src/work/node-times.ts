/** Times of one node's life, all from the time after which a silent node counts as lost. Milliseconds. */
export interface NodeTimes {
  /** A node that did not send a heartbeat for this long is lost. */
  readonly leaseMs: number
  readonly heartbeatMs: number
  /** A node that could not renew its heartbeat for this long closes its sessions, before another may have its devices. */
  readonly fenceMs: number
  readonly reapMs: number
}

/**
 * Five heartbeats fit into a lease, so that one that is lost does no harm; two thirds leave a third for sessions to be
 * closed; a lost node is found within a third after its time is over. In all a device has its next holder within four
 * thirds of the lease.
 */
export const nodeTimesOf = (leaseSeconds: number): NodeTimes => ({
  leaseMs: leaseSeconds * 1000,
  heartbeatMs: leaseSeconds * 200,
  fenceMs: (leaseSeconds * 2000) / 3,
  reapMs: (leaseSeconds * 1000) / 3,
})
