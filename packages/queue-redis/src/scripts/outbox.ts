/** Job and number of a delivery, the job's meta and hook, and what is kept of the delivery; nothing of them when it is gone. */
const delivery = /* lua */ `
local function load(delivery)
  local id, n = string.match(delivery, '^(.+)_(%d+)$')
  local m = id and meta(id)
  local kept = m and m.hook and call('HGET', P .. 'hj:' .. id, n)
  if not kept then return nil end
  return id, n, m, cjson.decode(kept)
end
local function keep(id, n, d) call('HSET', P .. 'hj:' .. id, n, cjson.encode(d)) end
local function shown(id, n, m, d)
  return { id .. '_' .. n, m.hook.origin, cjson.encode(d), call('HGET', P .. 'hj:' .. id, n .. ':l') or '' }
end
`

/**
 * Claims deliveries that are due. Arguments: the claim's name, how many, how many at once per origin, then origin and
 * number of those that run, in turns. Answers in how many milliseconds the next one is due that there is room for (or
 * nothing), then what is shown of each delivery, and the fields of its job.
 */
export const claimDeliveries = /* lua */ `${delivery}
local claim, most, perOrigin = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local busy, origins = {}, 0
for i = 6, #ARGV, 2 do
  busy[ARGV[i]] = tonumber(ARGV[i + 1])
  origins = origins + 1
end
local answer, taken = { '' }, 0
for _, origin in ipairs(call('ZRANGEBYSCORE', P .. 'ho', '-inf', text(now), 'LIMIT', 0, most + origins)) do
  local queue = P .. 'hq:' .. origin
  local room = math.min(perOrigin - (busy[origin] or 0), most - taken)
  for _, name in ipairs(room > 0 and call('ZRANGEBYSCORE', queue, '-inf', text(now), 'LIMIT', 0, room) or {}) do
    local id, n, m, d = load(name)
    if not id then
      call('ZREM', queue, name)
    else
      d.claim = claim
      keep(id, n, d)
      call('ZADD', queue, text(now + m.hook.claimMs), name)
      busy[origin] = (busy[origin] or 0) + 1
      taken = taken + 1
      answer[#answer + 1] = { shown(id, n, m, d), fields(id) }
    end
  end
  if room > 0 then placeOrigin(origin) end
end
-- Origins without room come before those with some: no more of them than ran before, and were taken now.
local first = call('ZRANGE', P .. 'ho', 0, origins + taken, 'WITHSCORES')
for i = 1, #first, 2 do
  if (busy[first[i]] or 0) < perOrigin then
    answer[1] = text(math.max(0, tonumber(first[i + 1]) - now))
    break
  end
end
return answer
`

/**
 * Records an attempt. Arguments: delivery, claim, verdict, delay of a retry, the attempt as JSON, attempts that a log
 * keeps, dead deliveries that are kept. Answers `stale` or `ok`; a repeated call changes nothing.
 */
export const settleDelivery = /* lua */ `${delivery}
local name, claim, verdict, delay, line = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7]
local longest, maxDead = tonumber(ARGV[8]), tonumber(ARGV[9])
local id, n, m, d = load(name)
if not id then return 'stale' end
if d.settled == claim then return 'ok' end
if d.state ~= 'pending' or d.claim ~= claim then return 'stale' end
local origin = m.hook.origin
d.claim, d.settled = nil, claim
if verdict ~= 'released' then
  d.attempts = d.attempts + 1
  local field = n .. ':l'
  local log = (call('HGET', P .. 'hj:' .. id, field) or '') .. line .. '\\n'
  if select(2, string.gsub(log, '\\n', '')) > longest then log = string.sub(log, string.find(log, '\\n', 1, true) + 1) end
  call('HSET', P .. 'hj:' .. id, field, log)
end
if verdict == 'released' or verdict == 'retry' then
  if verdict == 'retry' then d.due = now + delay end
  schedule(origin, name, verdict == 'retry' and d.due or now)
else
  d.state, d.due = verdict, nil
  call('ZREM', P .. 'hq:' .. origin, name)
  placeOrigin(origin)
end
if verdict == 'dead' then
  d.diedAt = now
  call('ZADD', P .. 'hd', text(call('INCR', P .. 'hseq')), name)
end
keep(id, n, d)
keepWithDeliveries(id, m)
while verdict == 'dead' and call('ZCARD', P .. 'hd') > maxDead do
  local oldest = call('ZRANGE', P .. 'hd', 0, 0)[1]
  call('ZREM', P .. 'hd', oldest)
  local otherId, otherN, other = load(oldest)
  if otherId then
    call('HDEL', P .. 'hj:' .. otherId, otherN, otherN .. ':l')
    keepWithDeliveries(otherId, other)
  end
end
flush()
return 'ok'
`

/** Arguments: job. Answers what is shown of each of its deliveries. */
export const deliveriesOf = /* lua */ `${delivery}
local answer = {}
local m = meta(ARGV[3])
for n = 1, m and m.hooks or 0 do
  local id, number, _, d = load(ARGV[3] .. '_' .. text(n))
  if id then answer[#answer + 1] = shown(id, number, m, d) end
end
return answer
`

/** Arguments: the order below which it looks, how many. Answers the order of each, and what is shown of it. */
export const deadDeliveries = /* lua */ `${delivery}
local answer = {}
local found = call('ZREVRANGEBYSCORE', P .. 'hd', ARGV[3], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[4])
for i = 1, #found, 2 do
  local id, n, m, d = load(found[i])
  answer[#answer + 1] = { found[i + 1], id and shown(id, n, m, d) or false }
end
return answer
`

/** Arguments: delivery. Answers what is shown of it, or nothing when it is not dead. */
export const replayDelivery = /* lua */ `${delivery}
local id, n, m, d = load(ARGV[3])
if not id or d.state ~= 'dead' then return false end
call('ZREM', P .. 'hd', ARGV[3])
d.state, d.attempts, d.due, d.diedAt = 'pending', 0, now, nil
keep(id, n, d)
schedule(m.hook.origin, ARGV[3], now)
keepWithDeliveries(id, m)
flush()
return shown(id, n, m, d)
`
