/**
 * The next job of a device for its lease holder. Arguments: device, incarnation, token, worker, request. A repeated call
 * of the same request (its answer was lost) gets the same delivery again. Answers `lost`, nothing, or id and fields.
 */
export const take = /* lua */ `
local device, inc, token, worker, request = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local lease = call('HMGET', P .. 'd:' .. device, 'inc', 'node', 'tok', 'run')
if lease[1] ~= inc or lease[3] ~= token or not alive(inc) then return 'lost' end
if lease[4] then
  local m = meta(lease[4])
  if m and m.inc == inc and m.request == request then return { lease[4], fields(lease[4]) } end
  return false
end
local held = call('HEXISTS', P .. 'holds', device) == 1
local function first(set) return call('ZRANGE', P .. set .. device, 0, 0, 'WITHSCORES') end
while true do
  local query, other = first('dq:'), held and {} or first('do:')
  local id = query[1] or other[1]
  if query[1] and other[1] and tonumber(other[2]) < tonumber(query[2]) then id = other[1] end
  if not id then break end
  local m = meta(id)
  if m.expires > now then
    if m.due and m.due > now then break end
    start(id, m, { inc = inc, token = tonumber(token), node = lease[2], worker = worker, request = request })
    flush()
    return { id, fields(id) }
  end
  expire(id, m)
end
flush()
return false
`

/**
 * Starts a job of the work lane. Arguments: job, incarnation, node, worker, request. Answers `fenced` (the job is for
 * another consumer), nothing (not to be run: canceled, expired, or run by somebody), or the fields.
 */
export const startWork = /* lua */ `
local id, inc, node, worker, request = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local m = meta(id)
if not m or m.lane ~= 'work' then return false end
if m.status == 'started' and m.inc == inc and m.request == request then return fields(id) end
if m.status ~= 'queued' or (m.due and m.due > now) then return false end
if not alive(inc) then
  pushWork(id, true)
  return 'fenced'
end
if m.expires <= now then
  expire(id, m)
  flush()
  return false
end
start(id, m, { inc = inc, node = node, worker = worker, request = request })
flush()
return fields(id)
`
