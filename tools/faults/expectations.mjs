/** The first push on the first device: the one that the fault strikes. */
const struckPush = (world, jobs) => {
  const { id } = world.accepted.find(({ mark }) => mark === 'a0')
  return jobs.find((job) => job.id === id)
}

/** What is to become of the push that was struck; a change of unknown outcome must have held back the one behind it. */
export function pushEnds(outcome) {
  return (world, { jobs, held }) => {
    const job = struckPush(world, jobs)
    if (job?.outcome !== outcome)
      return [
        `the push that was struck ended ${job?.status}/${job?.outcome}, not ${outcome}: ${job?.result?.error?.message ?? ''}`,
      ]
    if (outcome === 'unknown' && held === 0) return ['no later change of the device was held back']
    return []
  }
}

/** Nothing was lost: every job has done its work. */
export const allSucceed = (_, { ends }) =>
  Object.keys(ends)
    .filter((end) => end !== 'finished/succeeded')
    .map((end) => `${ends[end]} jobs ended ${end}`)

/** The sessions that a worker had open may say nothing from this instant on. */
export function silentAfter(instant, sessions) {
  return (world) =>
    [...sessions].flatMap(([device, numbers]) => {
      const { seen } = world.witnesses.get(device)
      return seen
        .filter(({ what, at, session }) => what === 'line' && at >= instant() && numbers.includes(session))
        .map(({ session, line }) => `I2: session ${session} of the paused worker sent "${line}" to ${device.name}`)
    })
}
