import { load, pushLines } from './work.mjs'

const isConfigMode = ({ line }) => /^(conf|edit|configure)/.test(line.trim())

/**
 * Moments of a push, as the device sees them. `cold`: the device has no session yet. `outcome`: what becomes of the push
 * when its worker is lost there.
 */
export const moments = {
  'after the lease, at the first byte': { cold: true, outcome: 'succeeded', at: (device) => device.next('connection') },
  'after the login': { cold: true, outcome: 'succeeded', at: (device) => device.next('login') },
  'when config mode is entered': { outcome: 'unknown', at: (device) => device.next('line', isConfigMode) },
  'between two lines': { outcome: 'unknown', at: (device) => device.nextConfigLine(/-l7 /) },
  'at the last line': { outcome: 'unknown', at: (device) => device.nextConfigLine(new RegExp(`-l${pushLines - 1} `)) },
  'at the commit': { outcome: 'unknown', only: 'juniper_junos', at: (device) => device.next('commit') },
}

/**
 * Strikes in the middle of the load's first push, on the first device. That device stands still meanwhile, so that the moment
 * does not pass. Answers with the instant of the fault.
 */
export async function strikeAt(world, moment, strike, wishes = {}) {
  const [device] = world.devices
  const struck = moment(device).then(async () => {
    device.freeze()
    const faultAt = Date.now()
    await strike(device)
    device.thaw()
    return faultAt
  })
  await Promise.all([struck, load(world, wishes)])
  return struck
}

/** Some lines of the push are on the device, the others are not. */
export const midPush = (device) => device.nextConfigLine(/-l5 /)
