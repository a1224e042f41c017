import type { JsonObject } from '@netpulse/core'

/** Prefix of bee-queue's keys: inside our hash tag, so that one script may write a job and its delivery. */
export const beePrefix = (prefix: string): string => `${prefix}bq`

/** The keys of one bee queue that we write ourselves; `prefix` as `{np}:`. */
export function beeKeys(prefix: string, queue: string) {
  const key = (name: string): string => `${beePrefix(prefix)}:${queue}:${name}`
  return { jobs: key('jobs'), waiting: key('waiting'), active: key('active'), stalling: key('stalling') } as const
}

/** What bee-queue 2.0 stores in its `jobs` hash for a new job, to the letter: `Job.toData()`. */
export const beeJobJson = (data: JsonObject, createdMs: number): string =>
  JSON.stringify({ data, options: { timestamp: createdMs, stacktraces: [] }, status: 'created', progress: 0 })

/**
 * The same as a Lua function for our scripts: `beeJobJson(dataJson, createdMs)`, both as text. cjson would turn the empty
 * list into an object.
 */
export const beeJobLua = `
local function beeJobJson(dataJson, createdMs)
  return '{"data":' .. dataJson .. ',"options":{"timestamp":' .. createdMs
    .. ',"stacktraces":[]},"status":"created","progress":0}'
end
`
