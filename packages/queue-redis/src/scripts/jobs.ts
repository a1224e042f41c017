/** Records of jobs. Arguments: ids. Answers the fields of each, or nothing for one that is not there. */
export const find = /* lua */ `
local found = {}
for i = 3, #ARGV do found[i - 2] = meta(ARGV[i]) and fields(ARGV[i]) or false end
return found
`

/** One record. Arguments: job. Answers its fields and how many jobs are before it (-1: it does not wait), or nothing. */
export const findOne = /* lua */ `
local id = ARGV[3]
local m = meta(id)
if not m then return false end
return { fields(id), before(id, m) }
`

/** Arguments: job. Answers as `CancelOutcome`. */
export const cancel = /* lua */ `
local id = ARGV[3]
local m = meta(id)
if not m then return 'not_found' end
if m.endedAt then return 'already_final' end
if m.status == 'started' then
  if not m.cancel then
    m.cancel = true
    save(id, m)
    event(id, 'cancel_requested', 'null')
    tell('w:' .. m.inc, cjson.encode({ type = 'cancel', job = id, attempt = m.attempt }))
    flush()
  end
  return 'cancel_requested'
end
finish(id, m, { status = 'canceled', outcome = 'canceled', result = '{"results":[]}' })
-- A retry that was not yet due may have held up the others.
if m.lane == 'device' then wake(m.device) end
flush()
return 'canceled'
`

/**
 * Looks at some jobs of the shortest of some indexes, newest first, and keeps those that fit. Arguments: the order below
 * which it looks, how many it looks at, how many it wants, the filter as JSON, then the names of the indexes. Answers the
 * order of the last one looked at (0: there are no more), then order and id of each that fits.
 */
export const list = /* lua */ `
local below, look, want = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local filter = cjson.decode(ARGV[6])
local index, size
for i = 7, #ARGV do
  local count = call('ZCARD', P .. ARGV[i])
  if not size or count < size then index, size = P .. ARGV[i], count end
end
local statuses
if filter.status then
  statuses = {}
  for _, status in ipairs(filter.status) do statuses[status] = true end
end
local function fits(id, m)
  if statuses and not statuses[m.status] then return false end
  if filter.lane and m.lane ~= filter.lane then return false end
  for _, name in ipairs({ 'host', 'device', 'driver', 'node' }) do
    if filter[name] and m[name] ~= filter[name] then return false end
  end
  if filter.tag then
    local has = false
    for _, tag in ipairs(m.tags or {}) do has = has or tag == filter.tag end
    if not has then return false end
  end
  if filter.since or filter.before then
    local createdAt = cjson.decode(call('HGET', P .. 'j:' .. id, 'r')).createdAt
    if filter.since and createdAt < filter.since then return false end
    if filter.before and createdAt >= filter.before then return false end
  end
  return true
end
local ids = call('ZREVRANGEBYSCORE', index, '(' .. below, '-inf', 'WITHSCORES', 'LIMIT', 0, look)
local answer = { '0' }
for i = 1, #ids, 2 do
  local m = meta(ids[i])
  if m and fits(ids[i], m) then
    answer[#answer + 1] = ids[i + 1]
    answer[#answer + 1] = ids[i]
    want = want - 1
  end
  if want == 0 or (i + 1 >= #ids and #ids == 2 * look) then
    answer[1] = ids[i + 1]
    break
  end
end
return answer
`

/**
 * Events of one job after a sequence. Arguments: job, sequence, how many. Answers whether the job is over or unknown,
 * then the stream's entries.
 */
export const jobEvents = /* lua */ `
local id, after, want = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local m = meta(id)
local answer = { (not m or m.endedAt) and 1 or 0 }
if not m then return answer end
for _, seq in ipairs(call('LRANGE', P .. 'je:' .. id, 0, -1)) do
  if tonumber(seq) > after and #answer <= want then
    local entry = call('XRANGE', P .. 'ev', seq .. '-0', seq .. '-0')[1]
    if entry then answer[#answer + 1] = entry end
  end
end
if #answer > want then answer[1] = 0 end
return answer
`

/**
 * What happens by time alone: expiry, due retries, the end of retention, each for some jobs. Arguments: how many of each.
 * Answers the instant at which the next one is due, or nothing; 0 when more is due already.
 */
export const sweep = /* lua */ `
local want = tonumber(ARGV[3])
local function due(set) return call('ZRANGEBYSCORE', P .. set, '-inf', text(now), 'LIMIT', 0, want) end
for _, id in ipairs(due('exp')) do
  local m = meta(id)
  if m then expire(id, m) else call('ZREM', P .. 'exp', id) end
end
for _, id in ipairs(due('due')) do
  call('ZREM', P .. 'due', id)
  local m = meta(id)
  if m then
    m.due = nil
    save(id, m)
    if m.lane == 'work' then pushWork(id, true) else wake(m.device) end
  end
end
for _, id in ipairs(due('purge')) do forget(id) end
flush()
local nextMs
for _, set in ipairs({ 'exp', 'due', 'purge' }) do
  local first = call('ZRANGE', P .. set, 0, 0, 'WITHSCORES')
  if first[2] and (not nextMs or tonumber(first[2]) < nextMs) then nextMs = tonumber(first[2]) end
end
return nextMs and text(math.max(0, nextMs - now)) or false
`
