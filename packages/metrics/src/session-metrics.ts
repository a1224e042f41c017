import type { Observation } from '@netpulse/engine'
import type { Registry } from 'prom-client'
import { Counter, Gauge, Histogram } from 'prom-client'

/** From a device on the same machine to one that makes us wait for its login. Seconds. */
const openBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100]

/** Counts the sessions of this process. */
export function observeSessions(registry: Registry): (observation: Observation) => void {
  const registers = [registry]
  const labelNames = ['driver'] as const
  const counter = (name: string, help: string) => new Counter({ name, help, labelNames, registers })
  const open = new Gauge({ name: 'netpulse_sessions_open', help: 'Sessions that are open now.', labelNames, registers })
  const opened = counter('netpulse_sessions_opened_total', 'Sessions that were opened: logins that succeeded.')
  const reused = counter('netpulse_sessions_reused_total', 'Jobs that were given a session that was open already.')
  const lost = counter('netpulse_sessions_lost_total', 'Kept sessions that the device or the network ended.')
  const refused = new Counter({
    name: 'netpulse_session_open_failures_total',
    help: 'Sessions that could not be opened, by the error.',
    labelNames: ['driver', 'code'],
    registers,
  })
  const probed = new Counter({
    name: 'netpulse_session_probes_total',
    help: 'Sessions that were asked for their prompt after a rest, by whether they answered.',
    labelNames: ['driver', 'answered'],
    registers,
  })
  const paused = new Counter({
    name: 'netpulse_login_pauses_total',
    help: 'Pauses of logins after too many failures: of a device, of a credential, of a credential at one device (login).',
    labelNames: ['scope'],
    registers,
  })
  const seconds = new Histogram({
    name: 'netpulse_session_open_seconds',
    help: 'Time to connect and log in, successful or not.',
    labelNames,
    buckets: openBuckets,
    registers,
  })
  const observers: { readonly [Type in Observation['type']]?: (seen: Extract<Observation, { type: Type }>) => void } = {
    session_opened: (seen) => {
      opened.inc({ driver: seen.driver })
      open.inc({ driver: seen.driver })
      seconds.observe({ driver: seen.driver }, seen.seconds)
    },
    session_refused: (seen) => {
      refused.inc({ driver: seen.driver, code: seen.code })
      seconds.observe({ driver: seen.driver }, seen.seconds)
    },
    login_paused: ({ scope }) => paused.inc({ scope }),
    session_reused: ({ driver }) => reused.inc({ driver }),
    session_probed: ({ driver, answered }) => probed.inc({ driver, answered: String(answered) }),
    session_lost: ({ driver }) => lost.inc({ driver }),
    session_closed: ({ driver }) => open.dec({ driver }),
  }
  return (observation) => (observers[observation.type] as ((seen: Observation) => void) | undefined)?.(observation)
}
