import type { HostKeyRule } from '../host-keys/host-key-check.js'
import { deviceEndpoint, jumpHostEndpoint } from '../tcp/endpoint.js'
import type { Endpoint } from '../tcp/endpoint.js'
import { defaultSshPort, sshDefaults } from './ssh-target.js'
import type { SshEndpoint, SshTarget } from './ssh-target.js'

/** One hop with every default filled in. */
export interface SshHopPlan {
  readonly endpoint: Endpoint
  readonly login: SshEndpoint
  readonly hostKey: HostKeyRule
  readonly keepaliveIntervalMs: number
  readonly keepaliveMaxMisses: number
  readonly connectTimeoutMs: number
  readonly bannerTimeoutMs: number
  readonly authTimeoutMs: number
}

function planOf(login: SshEndpoint, endpoint: Endpoint): SshHopPlan {
  return {
    endpoint,
    login,
    hostKey: { policy: login.hostKeyPolicy ?? 'tofu', address: login.hostKeyAddress ?? endpoint.address },
    keepaliveIntervalMs: login.keepaliveIntervalMs ?? sshDefaults.keepaliveIntervalMs,
    keepaliveMaxMisses: login.keepaliveMaxMisses ?? sshDefaults.keepaliveMaxMisses,
    connectTimeoutMs: login.connectTimeoutMs ?? sshDefaults.connectTimeoutMs,
    bannerTimeoutMs: login.bannerTimeoutMs ?? sshDefaults.bannerTimeoutMs,
    authTimeoutMs: login.authTimeoutMs ?? sshDefaults.authTimeoutMs,
  }
}

/** Jump hosts in the order of dialling. */
export const jumpPlansOf = (jumpHosts: readonly SshEndpoint[]): readonly SshHopPlan[] =>
  jumpHosts.map((host, index) => planOf(host, jumpHostEndpoint(host.host, host.port ?? defaultSshPort, index)))

/** The hops to a target: the jump hosts in their order, then the device. */
export const hopPlansOf = (target: SshTarget): readonly SshHopPlan[] => [
  ...jumpPlansOf(target.jumpHosts ?? []),
  planOf(target, deviceEndpoint(target.host, target.port ?? defaultSshPort)),
]
