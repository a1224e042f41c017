import { pushEnds } from '../expectations.mjs'
import { moments, strikeAt } from '../moments.mjs'
import { found, load, warm } from '../work.mjs'

export const iosAndJunos = ['cisco_iosxe', 'juniper_junos']

/** Who is killed with SIGKILL, and whether the push that runs is lost with it. */
const victims = {
  'a worker with all its processes': { losesPush: true, kill: ({ worker }) => worker.killAll() },
  'a node process': { losesPush: true, kill: ({ worker, pid }) => worker.killNode(pid) },
  'the supervisor of a worker': { losesPush: false, kill: ({ worker }) => worker.killSupervisor() },
}

function killAt({ victim, point, platform }) {
  const { losesPush, kill } = victims[victim]
  const { cold = false, outcome, at } = moments[point]
  return {
    name: `${victim} is killed ${point} (${platform})`,
    platforms: [platform, platform],
    async strike(world) {
      // A session that is open already never connects: some moments are for a cold device.
      const holders = cold ? new Map() : await warm(world)
      return strikeAt(world, at, async (device) =>
        kill(holders.get(device) ?? (await found(() => world.starterOf(device)))),
      )
    },
    expect: pushEnds(losesPush ? outcome : 'succeeded'),
  }
}

/** The request in which a node says that the job has ended well, on its way to Redis. */
const isEnding = (bytes, job) => job !== undefined && bytes.includes(job.id) && bytes.includes('succeeded')

const whileWriting = (arrives) => ({
  name: `a worker is killed while a result is written, which ${arrives ? 'arrives' : 'is lost'}`,
  platforms: iosAndJunos,
  async strike(world) {
    const holders = await warm(world)
    const { worker } = holders.get(world.devices[0])
    const isWritten = new Promise((resolve) => {
      worker.proxy.onSent((bytes) => {
        if (
          !isEnding(
            bytes,
            world.accepted.find(({ mark }) => mark === 'a0'),
          )
        )
          return undefined
        resolve()
        return arrives ? undefined : 'cut'
      })
    })
    const struck = isWritten.then(async () => {
      const faultAt = Date.now()
      await worker.killAll()
      return faultAt
    })
    await Promise.all([struck, load(world)])
    return struck
  },
  // All lines were accepted, but nobody who still lives has heard of it.
  expect: pushEnds(arrives ? 'succeeded' : 'unknown'),
})

/** Stands in the list so that nobody looks for it. */
const confirmedCommit = {
  name: 'a worker is killed before and after the confirmation of a commit',
  skip: 'no driver has confirmed commits yet; NETCONF will',
}

export const kills = [
  ...Object.keys(victims).flatMap((victim) =>
    Object.keys(moments).flatMap((point) =>
      iosAndJunos
        .filter((platform) => (moments[point].only ?? platform) === platform)
        .map((platform) => killAt({ victim, point, platform })),
    ),
  ),
  whileWriting(false),
  whileWriting(true),
  confirmedCommit,
]
