/**
 * Stores and enqueues jobs; for a device job also claims capacity and lease. Arguments: jobs that may wait per device and
 * in all; the number of rankings and each as a JSON array of nodes; then 17 values per job. Answers one letter per job:
 * `s` stored, `d` duplicate, `n` no capacity, `f` queue full; then for each how many jobs are before it.
 */
export const submit = /* lua */ `
local maxPerDevice, maxQueued = tonumber(ARGV[3]), tonumber(ARGV[4])
local rankings = {}
local at = 6
for i = 1, tonumber(ARGV[5]) do
  rankings[i] = cjson.decode(ARGV[at])
  at = at + 1
end
local queued = call('ZCARD', P .. 'x:s:queued')

local function claimDevice(device, ranking)
  if leaseOf(device) then return true end
  for _, node in ipairs(ranking) do
    local room, inc = roomOf(node)
    if room > 0 then
      grant(device, node, inc)
      return true
    end
  end
  return false
end

local function beforeNew(device, kind, lane, waits)
  if lane == 'work' then return call('ZCARD', P .. 'wo') end
  if waits == 0 or kind ~= 'query' or call('HEXISTS', P .. 'holds', device) == 0 then return waits end
  return call('ZCARD', P .. 'dq:' .. device)
end

local outcomes, positions = {}, {}
while at <= #ARGV do
  local id, device, host, driver, kind, lane, tags = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6]
  local ttlMs, attempts, keepMs, ranking = tonumber(ARGV[at + 7]), tonumber(ARGV[at + 8]), tonumber(ARGV[at + 9]), tonumber(ARGV[at + 10])
  local request, sealed, hook = ARGV[at + 11], ARGV[at + 12], ARGV[at + 13]
  local auditBase, auditAct = ARGV[at + 14], ARGV[at + 15]
  local errand = ARGV[at + 16] == '1'
  at = at + 17
  local inOrder = waiting(device)
  local waits = inOrder + tonumber(call('HGET', P .. 'wq', device) or 0)
  local outcome, position = 's', 0
  if meta(id) then
    outcome = 'd'
  elseif waits >= maxPerDevice or queued >= maxQueued then
    outcome = 'f'
  elseif lane == 'device' and not claimDevice(device, rankings[ranking]) then
    outcome = 'n'
  else
    queued = queued + 1
    position = beforeNew(device, kind, lane, inOrder)
    -- Its retention is over, but nobody has cleared it away yet.
    if call('EXISTS', P .. 'j:' .. id) == 1 then forget(id) end
    local seq = call('INCR', P .. 'seq')
    local m = {
      seq = seq, status = 'queued', kind = kind, lane = lane, device = device, host = host, driver = driver,
      expires = now + ttlMs, max = attempts, keep = keepMs, attempt = 0,
    }
    if tags ~= '' then m.tags = cjson.decode(tags) end
    if hook ~= '' then m.hook = cjson.decode(hook) end
    if errand then m.errand, errands[id] = true, true end
    call('HSET', P .. 'j:' .. id, 'r', request, 'm', cjson.encode(m), 'e', sealed)
    if auditBase ~= '' then
      call('HSET', P .. 'j:' .. id, 'u', auditBase)
      audit('"act":' .. auditAct)
    end
    local order = text(seq)
    if not errand then
      call('ZADD', P .. 'x:a', order, id)
      call('ZADD', P .. 'x:s:queued', order, id)
      call('ZADD', P .. 'x:h:' .. host, order, id)
      call('ZADD', P .. 'x:d:' .. device, order, id)
      call('ZADD', P .. 'x:v:' .. driver, order, id)
      if lane == 'work' then call('ZADD', P .. 'x:q:FifoQ', order, id) end
      for _, tag in ipairs(m.tags or {}) do call('ZADD', P .. 'x:t:' .. tag, order, id) end
    end
    enterWaiting(id, m, false)
    event(id, 'queued', cjson.encode({ queue = lane == 'work' and 'FifoQ' or 'HostQ_' .. host }))
    if lane == 'device' then wake(device) end
  end
  outcomes[#outcomes + 1] = outcome
  positions[#positions + 1] = position
end
flush()
return { table.concat(outcomes), positions }
`
