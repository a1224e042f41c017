/** Announces a life. Arguments: node, incarnation, information as JSON, capacity, lease time. Answers `over` or `ok`. */
export const register = /* lua */ `
local node, inc, info, capacity, ttlMs = ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local known = call('EXISTS', P .. 'i:' .. inc) == 1
if known and not alive(inc) then return 'over' end
local before = call('HGET', P .. 'nodes', node)
if before and before ~= inc then fence(before) end
call('HSET', P .. 'nodes', node, inc)
call('HSET', P .. 'i:' .. inc, 'node', node, 'info', info, 'cap', capacity, 'beat', text(now))
call('ZADD', P .. 'alive', text(now + ttlMs), inc)
flush()
return 'ok'
`

/**
 * Arguments: incarnation, lease time, number of workers whose report changed, name and report of each in turns, then the
 * names of workers that are gone. Answers 1 when the incarnation is trusted.
 */
export const heartbeat = /* lua */ `
local inc, ttlMs, changed = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if not alive(inc) then
  fence(inc)
  flush()
  return 0
end
call('ZADD', P .. 'alive', text(now + ttlMs), inc)
call('HSET', P .. 'i:' .. inc, 'beat', text(now))
local workers = P .. 'i:' .. inc .. ':w'
for i = 6, 5 + 2 * changed, 2 do call('HSET', workers, ARGV[i], ARGV[i + 1]) end
for i = 6 + 2 * changed, #ARGV do call('HDEL', workers, ARGV[i]) end
return 1
`

/** Arguments: incarnation. */
export const drain = /* lua */ `
if alive(ARGV[3]) then call('HSET', P .. 'i:' .. ARGV[3], 'drain', '1') end
return 1
`

/** Ends lives: of nodes that leave, or of a process that stops. Arguments: incarnations. */
export const leave = /* lua */ `
for i = 3, #ARGV do fence(ARGV[i]) end
flush()
return 1
`

/** Node, pinned devices and capacity of each node that takes devices. */
export const rooms = /* lua */ `
local answer = {}
local nodes = call('HGETALL', P .. 'nodes')
for i = 1, #nodes, 2 do
  local inc = nodes[i + 1]
  local state = call('HMGET', P .. 'i:' .. inc, 'cap', 'drain')
  if alive(inc) and not state[2] then
    answer[#answer + 1] = { nodes[i], call('SCARD', P .. 'i:' .. inc .. ':d'), tonumber(state[1]) }
  end
end
return answer
`

/** Information, heartbeat, pinned devices and worker reports of each node that lives. */
export const listNodes = /* lua */ `
local answer = {}
local nodes = call('HGETALL', P .. 'nodes')
for i = 1, #nodes, 2 do
  local inc = nodes[i + 1]
  if alive(inc) then
    local state = call('HMGET', P .. 'i:' .. inc, 'info', 'beat')
    answer[#answer + 1] = {
      state[1], state[2], call('SCARD', P .. 'i:' .. inc .. ':d'), call('HVALS', P .. 'i:' .. inc .. ':w'),
    }
  end
end
return answer
`

/**
 * What dead lives left. Arguments: how many jobs at most. Fences those whose time is over, forgets those that left
 * nothing. Answers how many of them were found, then id and fields of jobs that they had started.
 */
export const lost = /* lua */ `
local want = tonumber(ARGV[3])
for _, inc in ipairs(call('ZRANGEBYSCORE', P .. 'alive', '-inf', text(now))) do fence(inc) end
local answer = { {} }
for _, inc in ipairs(call('SMEMBERS', P .. 'dead')) do
  table.insert(answer[1], inc)
  local running = call('SMEMBERS', P .. 'i:' .. inc .. ':r')
  if #running == 0 then
    call('SREM', P .. 'dead', inc)
    call('DEL', P .. 'i:' .. inc)
  end
  for _, id in ipairs(running) do
    if not meta(id) then
      call('SREM', P .. 'i:' .. inc .. ':r', id)
    elseif #answer <= want then
      answer[#answer + 1] = { id, fields(id) }
    end
  end
end
flush()
return answer
`

/**
 * What becomes of a lost job. Arguments: job, attempt, `requeue` or `end`, an error as JSON for the first, then the ending
 * (status, outcome, result, error, hold, what the audit record may keep) of the second; for the first it is what a last attempt ends with. Answers
 * `requeued`, `ended`, or nothing when another one was faster.
 */
export const verdict = /* lua */ `
local id, attempt, action, err = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local m = meta(id)
if not m or m.status ~= 'started' or m.attempt ~= attempt or alive(m.inc) then return false end
local became = 'ended'
if action == 'requeue' and (m.cancel or m.attempt < m.max) then
  became = requeue(id, m, 0, err)
else
  finish(id, m, { status = ARGV[7], outcome = ARGV[8], result = ARGV[9], error = ARGV[10], kept = ARGV[12] })
  if ARGV[11] ~= '' then hold(m, ARGV[11]) end
end
if m.lane == 'device' then wake(m.device) end
flush()
return became
`

/**
 * Finds holders for devices that have waiting jobs and lost theirs. Arguments: how many devices, then the nodes. Answers
 * how many devices found one, and how many are left, about, because no node has room.
 */
export const adopt = /* lua */ `
local want = tonumber(ARGV[3])
local adopted, left = 0, 0
for _, device in ipairs(call('SRANDMEMBER', P .. 'orphans', want)) do
  if waiting(device) == 0 or leaseOf(device) then
    call('SREM', P .. 'orphans', device)
  else
    local best, bestRoom, bestInc = nil, 0, nil
    for i = 4, #ARGV do
      local room, inc = roomOf(ARGV[i])
      if room > bestRoom then best, bestRoom, bestInc = ARGV[i], room, inc end
    end
    if not best then
      left = call('SCARD', P .. 'orphans')
      break
    end
    grant(device, best, bestInc)
    wake(device)
    adopted = adopted + 1
  end
end
flush()
return { adopted, left }
`
