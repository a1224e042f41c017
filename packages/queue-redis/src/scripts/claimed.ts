/** What the holder of a claim writes. Arguments begin with job, attempt, incarnation, token, request. */
const claim = /* lua */ `
local id, attempt, inc, token, request = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local m = claimed(id, attempt, inc, token)
`

/**
 * Notes how far the job came. Further arguments: the entry as JSON, then an answer and its event's data, of index 0, in turns.
 * Answers `stale` or `ok`. A repeated call of the same request changes nothing.
 */
export const journal = /* lua */ `${claim}
if not m then return 'stale' end
if m.request == request then return 'ok' end
m.request = request
m.journal = cjson.decode(ARGV[8])
save(id, m)
for i = 9, #ARGV, 2 do
  local count = call('RPUSH', P .. 'ja:' .. id, ARGV[i])
  event(id, 'line', '{"index":' .. text(count - 1) .. string.sub(ARGV[i + 1], #'{"index":0' + 1))
end
flush()
return 'ok'
`

/**
 * Ends a job. Further arguments: status, outcome, result and error as JSON, reason of a hold or nothing, what the audit
 * record may keep of the result as JSON or nothing, event of the webhook or nothing. Answers `stale`, or when it ended and
 * whether a cancel was asked for.
 */
export const finish = /* lua */ `${claim}
if not m then
  local ended = meta(id)
  if not ended or not ended.endedAt or ended.request ~= request then return 'stale' end
  return { text(ended.endedAt), ended.cancel and 1 or 0 }
end
m.request = request
local told = ARGV[14] ~= '' and ARGV[14] or nil
finish(id, m, { status = ARGV[8], outcome = ARGV[9], result = ARGV[10], error = ARGV[11], kept = ARGV[13], event = told })
if ARGV[12] ~= '' then hold(m, ARGV[12]) end
flush()
return { text(m.endedAt), m.cancel and 1 or 0 }
`

/** Puts a job back. Further arguments: delay in milliseconds, error as JSON. Answers `stale`, `used` or `ok`. */
export const retry = /* lua */ `${claim}
if not m then
  local before = meta(id)
  return before and before.request == request and 'ok' or 'stale'
end
if m.attempt >= m.max then return 'used' end
m.request = request
requeue(id, m, tonumber(ARGV[8]), ARGV[9])
flush()
return 'ok'
`
