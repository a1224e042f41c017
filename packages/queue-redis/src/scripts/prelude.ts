import { beeJobLua } from '../bee/bee-job.js'

/**
 * What all scripts share. `KEYS[1]` is the prefix; every key is made from it here, so that all keys of a deployment have
 * one hash tag. `ARGV[1]` is the present time in milliseconds, empty for the clock of Redis; `ARGV[2]` the number of
 * events that are kept. The script's own arguments begin at `ARGV[3]`.
 *
 * | key | type | holds |
 * |---|---|---|
 * | `j:<job>` | hash | `r` the job as submitted, `m` what changes (`Meta`), `e` what is sealed, `z` the result, `u` what its audit entries have in common; JSON |
 * | `ja:<job>` | list | answers of the running attempt, JSON |
 * | `je:<job>` | list | sequences of the job's events |
 * | `ev` | stream | events, id `<sequence>-0` |
 * | `seq`, `eseq`, `tok`, `bseq` | counter | order of submits, events, lease tokens, deliveries of the work lane |
 * | `dq:<device>`, `do:<device>` | sorted set | waiting queries, and all else, by the order of their submits |
 * | `d:<device>` | hash | `inc`, `node`, `tok` of the lease; `run` the job that was started |
 * | `wq` | hash | jobs of a device that wait in the work lane |
 * | `wo` | sorted set | jobs that wait in the work lane, by the order of their submits: tells a position, bee-queue has the jobs |
 * | `holds` | hash | reason and instant by device, JSON |
 * | `alive` | sorted set | incarnations by the end of their time, milliseconds |
 * | `dead` | set | incarnations that were fenced and may have left jobs |
 * | `nodes` | hash | incarnation by node |
 * | `i:<incarnation>` | hash | `info` JSON, `node`, `cap`, `beat`, `drain` |
 * | `i:<incarnation>:d`, `:r`, `:w` | set, set, hash | devices that it holds; jobs that it runs; workers that it reports |
 * | `orphans` | set | devices whose holder is gone |
 * | `exp`, `due`, `purge` | sorted set | jobs by when they expire, may be retried, are forgotten |
 * | `hj:<job>` | hash | webhook deliveries by number, JSON; `<number>:l` the log, a line per attempt |
 * | `hq:<origin>`, `ho` | sorted set | pending deliveries of a receiver, and the receivers, by when the next attempt is due |
 * | `t:<task>` | hash | `r` the task, JSON; `v` its revision, `n` its order |
 * | `tn`, `td`, `tseq` | sorted set, sorted set, counter | tasks by the order in which they were put in, and by when they are due |
 * | `hd`, `hseq` | sorted set, counter | dead deliveries by the order of their death |
 * | `ap` | list | acts that wait for their place in the audit record, JSON |
 * | `au`, `ah` | stream, hash | the audit record, id `<number>-0`; number `n` and hash `h` of its latest entry |
 * | `x:a`, `x:<index>:<value>` | sorted set | jobs by submit, in all and by status `s`, host `h`, device `d`, driver `v`, node `n`, tag `t`, queue `q` |
 */
export const prelude = /* lua */ `${beeJobLua}
local P = KEYS[1]
local call = redis.call
local now = tonumber(ARGV[1])
if not now then
  local t = call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local maxEvents = ARGV[2]

-- Jobs without a place in indexes and events: those that look after a task.
local errands = {}

local function text(number) return string.format('%.0f', number) end
local function meta(id)
  local m = call('HGET', P .. 'j:' .. id, 'm')
  if not m then return nil end
  m = cjson.decode(m)
  if m.purgeAt and m.purgeAt <= now then return nil end
  if m.errand then errands[id] = true end
  return m
end
local function save(id, m) call('HSET', P .. 'j:' .. id, 'm', cjson.encode(m)) end

-- What is to be told once the script has changed everything.
local told = {}
local lastEvent = false
local function tell(channel, message)
  told[#told + 1] = { P .. channel, message }
end
local wakes = {}
local function wake(device)
  local inc = call('HGET', P .. 'd:' .. device, 'inc')
  if not inc then return end
  local devices = wakes[inc]
  if not devices then devices = {} wakes[inc] = devices end
  devices[device] = true
end
local function flush()
  for inc, devices in pairs(wakes) do
    local list = {}
    for device in pairs(devices) do list[#list + 1] = device end
    tell('w:' .. inc, cjson.encode({ type = 'work', devices = list }))
  end
  if lastEvent then tell('ev', lastEvent) end
  for _, message in ipairs(told) do call('PUBLISH', message[1], message[2]) end
end

local function event(id, type, data, message)
  if errands[id] then return tell('e:' .. id, message or type) end
  local seq = call('INCR', P .. 'eseq')
  call('XADD', P .. 'ev', 'MAXLEN', '~', maxEvents, text(seq) .. '-0', 'j', id, 't', type, 'a', text(now), 'd', data)
  call('RPUSH', P .. 'je:' .. id, text(seq))
  lastEvent = text(seq)
  tell('e:' .. id, message or type)
end

-- What those who wait for the job's end are told: the record itself, which saves them a question. Nobody is known to wait
-- on another server of a cluster, and a long result is left to be asked for.
local function endedMessage(id, m, result)
  if #result > 65536 or call('PUBSUB', 'NUMSUB', P .. 'e:' .. id)[2] == 0 then return 'ended' end
  return 'ended ' .. cjson.encode({ call('HGET', P .. 'j:' .. id, 'r'), m, '', result })
end

local aliveUntil = {}
local function alive(inc)
  if not inc then return false end
  local untilMs = aliveUntil[inc]
  if untilMs == nil then
    untilMs = tonumber(call('ZSCORE', P .. 'alive', inc) or 0)
    aliveUntil[inc] = untilMs
  end
  return untilMs > now
end

local function waiting(device) return call('ZCARD', P .. 'dq:' .. device) + call('ZCARD', P .. 'do:' .. device) end

-- An id of its own for each delivery: bee-queue takes an id once, and a handler may not have returned yet.
local function pushWork(id, front)
  local bee = P .. 'bq:FifoQ:'
  local delivery = id .. '.' .. text(call('INCR', P .. 'bseq'))
  call('HSET', bee .. 'jobs', delivery, beeJobJson('{"id":"' .. id .. '"}', text(now)))
  call(front and 'RPUSH' or 'LPUSH', bee .. 'waiting', delivery)
end

-- How many waiting jobs are to be taken before a waiting one; -1 for one that does not wait.
local function before(id, m)
  if m.status ~= 'queued' then return -1 end
  if m.lane == 'work' then return call('ZRANK', P .. 'wo', id) or 0 end
  local below = '(' .. text(m.seq)
  local queries = call('ZCOUNT', P .. 'dq:' .. m.device, '-inf', below)
  if m.kind == 'query' and call('HEXISTS', P .. 'holds', m.device) == 1 then return queries end
  return queries + call('ZCOUNT', P .. 'do:' .. m.device, '-inf', below)
end

local function box(m) return P .. (m.kind == 'query' and 'dq:' or 'do:') .. m.device end

local function enterWaiting(id, m, front)
  if m.lane == 'device' then
    call('ZADD', box(m), text(m.seq), id)
  else
    call('HINCRBY', P .. 'wq', m.device, 1)
    call('ZADD', P .. 'wo', text(m.seq), id)
    if not m.due then pushWork(id, front) end
  end
  call('ZADD', P .. 'exp', text(m.expires), id)
  if m.due then call('ZADD', P .. 'due', text(m.due), id) end
end

local function leaveWaiting(id, m)
  if m.lane == 'device' then
    call('ZREM', box(m), id)
  else
    call('ZREM', P .. 'wo', id)
    if call('HINCRBY', P .. 'wq', m.device, -1) <= 0 then call('HDEL', P .. 'wq', m.device) end
  end
  call('ZREM', P .. 'exp', id)
  if m.due then call('ZREM', P .. 'due', id) m.due = nil end
end

local function status(id, m, to)
  if not m.errand then
    call('ZREM', P .. 'x:s:' .. m.status, id)
    call('ZADD', P .. 'x:s:' .. to, text(m.seq), id)
  end
  m.status = to
end

local function leaveRunning(id, m)
  call('SREM', P .. 'i:' .. m.inc .. ':r', id)
  if m.lane == 'device' then call('HDEL', P .. 'd:' .. m.device, 'run') end
  call('DEL', P .. 'ja:' .. id)
end

local function placeOrigin(origin)
  local first = call('ZRANGE', P .. 'hq:' .. origin, 0, 0, 'WITHSCORES')
  if first[2] then call('ZADD', P .. 'ho', first[2], origin) else call('ZREM', P .. 'ho', origin) end
end

local function schedule(origin, delivery, dueMs)
  call('ZADD', P .. 'hq:' .. origin, text(dueMs), delivery)
  placeOrigin(origin)
  tell('h', text(math.max(0, dueMs - now)))
end

-- Puts an event of a job with a webhook into the outbox, when the webhook wants it.
local function putDelivery(id, m, event)
  local wanted = false
  for _, one in ipairs(m.hook.events) do wanted = wanted or one == event end
  if not wanted then return end
  m.hooks = (m.hooks or 0) + 1
  local number = text(m.hooks)
  call('HSET', P .. 'hj:' .. id, number, cjson.encode({ event = event, at = now, state = 'pending', attempts = 0, due = now }))
  schedule(m.hook.origin, id .. '_' .. number, now)
  m.hookUntil = math.max(m.hookUntil or 0, now + m.hook.pendingMs)
end

-- A job stays as long as its deliveries say.
local function keepWithDeliveries(id, m)
  m.hookUntil = 0
  for n = 1, m.hooks or 0 do
    local kept = call('HGET', P .. 'hj:' .. id, text(n))
    local d = kept and cjson.decode(kept)
    if d and d.state == 'pending' then m.hookUntil = math.max(m.hookUntil, d.due + m.hook.pendingMs) end
    if d and d.state == 'dead' then m.hookUntil = math.max(m.hookUntil, d.diedAt + m.hook.deadMs) end
  end
  if m.endedAt then
    m.purgeAt = math.max(m.endedAt + m.keep, m.hookUntil, now)
    call('ZADD', P .. 'purge', text(m.purgeAt), id)
  end
  save(id, m)
end

local function forgetDeliveries(id, m)
  for n = 1, m.hooks or 0 do
    local delivery = id .. '_' .. text(n)
    call('ZREM', P .. 'hq:' .. m.hook.origin, delivery)
    call('ZREM', P .. 'hd', delivery)
  end
  call('DEL', P .. 'hj:' .. id)
  placeOrigin(m.hook.origin)
end

-- Puts something in line for the audit record.
local function audit(entry) call('RPUSH', P .. 'ap', '{"at":' .. text(now) .. ',' .. entry .. '}') end

-- The end of a job whose entries are kept; what is kept of its results, masked, is in the ending as JSON.
local function auditEnd(id, m, ending)
  local base = call('HGET', P .. 'j:' .. id, 'u')
  if not base then return end
  local facts = { status = m.status, outcome = m.outcome, attempt = m.attempt, startedAt = m.startedAt, node = m.node, worker = m.worker }
  local what = cjson.encode(facts)
  if ending.error and ending.error ~= '' then what = string.sub(what, 1, -2) .. ',"error":' .. ending.error .. '}' end
  local kept = ending.kept and ending.kept ~= '' and ',"kept":' .. ending.kept or ''
  audit('"base":' .. base .. ',"end":' .. what .. kept)
end

-- Somebody must be found who takes what waits for a device that nobody holds.
local function seekHolder(device)
  if not call('HGET', P .. 'd:' .. device, 'inc') and waiting(device) > 0 then call('SADD', P .. 'orphans', device) end
end

-- ending: status, outcome, result (JSON), error (JSON) where the result has one, kept (JSON) for the audit record, event
-- where the status does not say it
local function finish(id, m, ending)
  local ran = m.status == 'started'
  if ran then leaveRunning(id, m) else leaveWaiting(id, m) end
  status(id, m, ending.status)
  m.outcome = ending.outcome
  m.endedAt = now
  m.purgeAt = now + m.keep
  if m.hook then
    local events = { finished = 'job.completed', canceled = 'job.canceled', expired = 'job.expired' }
    putDelivery(id, m, ending.event or events[ending.status] or 'job.failed')
    m.purgeAt = math.max(m.purgeAt, m.hookUntil or 0)
  end
  local changed = cjson.encode(m)
  auditEnd(id, m, ending)
  call('HSET', P .. 'j:' .. id, 'm', changed, 'z', ending.result)
  call('HDEL', P .. 'j:' .. id, 'e', 'u')
  call('ZADD', P .. 'purge', text(m.purgeAt), id)
  local errorPart = ending.error and ending.error ~= '' and (',"error":' .. ending.error) or ''
  local data = '{"status":"' .. ending.status .. '","outcome":"' .. ending.outcome .. '"' .. errorPart .. '}'
  event(id, 'ended', data, endedMessage(id, changed, ending.result))
  if ran and m.lane == 'device' then seekHolder(m.device) end
end

local function expire(id, m)
  finish(id, m, { status = 'expired', outcome = 'expired', result = '{"results":[]}' })
  if m.lane == 'device' then wake(m.device) end
end

local function start(id, m, by)
  leaveWaiting(id, m)
  status(id, m, 'started')
  m.attempt = m.attempt + 1
  m.inc = by.inc
  m.token = by.token
  m.node = by.node
  m.worker = by.worker
  m.startedAt = now
  m.request = by.request
  if m.hook then putDelivery(id, m, 'job.started') end
  save(id, m)
  if not m.errand then call('ZADD', P .. 'x:n:' .. by.node, text(m.seq), id) end
  call('SADD', P .. 'i:' .. by.inc .. ':r', id)
  if m.lane == 'device' then call('HSET', P .. 'd:' .. m.device, 'run', id) end
  event(id, 'started', cjson.encode({ attempt = m.attempt, worker = by.worker, node = by.node }))
end

-- Back to the head of its lane; a job whose cancel was asked for ends instead.
local function requeue(id, m, delayMs, err)
  if m.cancel then
    finish(id, m, { status = 'canceled', outcome = 'canceled', result = '{"results":[],"error":' .. err .. '}', error = err })
    return 'ended'
  end
  leaveRunning(id, m)
  status(id, m, 'queued')
  call('ZREM', P .. 'x:n:' .. m.node, id)
  m.node, m.worker, m.startedAt, m.journal, m.inc, m.token = nil, nil, nil, nil, nil, nil
  m.due = delayMs > 0 and now + delayMs or nil
  enterWaiting(id, m, true)
  save(id, m)
  event(id, 'retrying', '{"attempt":' .. text(m.attempt) .. ',"delayMs":' .. text(delayMs) .. ',"error":' .. err .. '}')
  if m.lane == 'device' then
    seekHolder(m.device)
    wake(m.device)
  end
  return 'requeued'
end

local function hold(m, reason)
  call('HSETNX', P .. 'holds', m.device, cjson.encode({ reason = reason, since = now }))
end

-- The running job of a claim: its meta, or nil.
local function claimed(id, attempt, inc, token)
  local m = meta(id)
  if not m or m.status ~= 'started' or m.attempt ~= tonumber(attempt) or m.inc ~= inc then return nil end
  if (m.token and text(m.token) or '') ~= token or not alive(inc) then return nil end
  return m
end

-- room[inc]: devices that it may still take
local rooms = {}
local function roomOf(node)
  local inc = call('HGET', P .. 'nodes', node)
  if not inc or not alive(inc) then return 0, nil end
  local room = rooms[inc]
  if room == nil then
    local state = call('HMGET', P .. 'i:' .. inc, 'cap', 'drain')
    room = state[2] and 0 or tonumber(state[1]) - call('SCARD', P .. 'i:' .. inc .. ':d')
    rooms[inc] = room
  end
  return room, inc
end

local function grant(device, node, inc)
  rooms[inc] = rooms[inc] - 1
  local token = call('INCR', P .. 'tok')
  call('HSET', P .. 'd:' .. device, 'inc', inc, 'node', node, 'tok', text(token))
  call('SADD', P .. 'i:' .. inc .. ':d', device)
  call('SREM', P .. 'orphans', device)
end

-- The lease of a device while its holder lives.
local function leaseOf(device)
  local lease = call('HMGET', P .. 'd:' .. device, 'inc', 'node', 'tok')
  if lease[1] and alive(lease[1]) then return lease end
  return nil
end

-- Ends a life: its devices have no holder from here on.
local function fence(inc)
  local node = call('HGET', P .. 'i:' .. inc, 'node')
  if not node then return end
  call('ZREM', P .. 'alive', inc)
  aliveUntil[inc] = 0
  call('SADD', P .. 'dead', inc)
  if call('HGET', P .. 'nodes', node) == inc then call('HDEL', P .. 'nodes', node) end
  for _, device in ipairs(call('SMEMBERS', P .. 'i:' .. inc .. ':d')) do
    if call('HGET', P .. 'd:' .. device, 'inc') == inc then
      call('HDEL', P .. 'd:' .. device, 'inc', 'node', 'tok')
      call('SADD', P .. 'orphans', device)
    end
  end
  call('DEL', P .. 'i:' .. inc .. ':d', P .. 'i:' .. inc .. ':w')
  tell('w:' .. inc, '{"type":"fenced"}')
end

-- The end of retention.
local function forget(id)
  local m = cjson.decode(call('HGET', P .. 'j:' .. id, 'm'))
  call('DEL', P .. 'j:' .. id, P .. 'je:' .. id, P .. 'ja:' .. id)
  call('ZREM', P .. 'purge', id)
  for _, index in ipairs({ 'a', 's:' .. m.status, 'h:' .. m.host, 'd:' .. m.device, 'v:' .. m.driver }) do
    call('ZREM', P .. 'x:' .. index, id)
  end
  if m.hook then forgetDeliveries(id, m) end
  if m.lane == 'work' then call('ZREM', P .. 'x:q:FifoQ', id) end
  if m.node then call('ZREM', P .. 'x:n:' .. m.node, id) end
  for _, tag in ipairs(m.tags or {}) do call('ZREM', P .. 'x:t:' .. tag, id) end
end

-- What a delivery or a reader needs of a job.
local function fields(id)
  local f = call('HMGET', P .. 'j:' .. id, 'r', 'm', 'e', 'z')
  return { f[1] or '', f[2] or '', f[3] or '', f[4] or '', call('LRANGE', P .. 'ja:' .. id, 0, -1) }
end
`
