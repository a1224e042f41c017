/** A task with its revision, when it is due, and what is told of that. */
const task = /* lua */ `
local function key(id) return P .. 't:' .. id end
local function due(id, inMs)
  call('ZADD', P .. 'td', text(now + inMs), id)
  tell('td', text(inMs))
end
local function stored(id)
  local found = call('HMGET', key(id), 'r', 'v')
  return found[1] and { found[1], found[2] } or false
end
`

/** Arguments: task, when it is due in milliseconds, JSON. Answers whether it was new. */
export const addTask = /* lua */ `${task}
local id = ARGV[3]
if call('EXISTS', key(id)) == 1 then return 0 end
local order = text(call('INCR', P .. 'tseq'))
call('HSET', key(id), 'r', ARGV[5], 'v', '1', 'n', order)
call('ZADD', P .. 'tn', order, id)
due(id, tonumber(ARGV[4]))
flush()
return 1
`

/** Arguments: task. Answers JSON and revision, or nothing. */
export const findTask = /* lua */ `${task}
return stored(ARGV[3])
`

/**
 * Arguments: the order below which it looks, how many, status and device or nothing. Answers the order, JSON and revision
 * of each that fits, newest first.
 */
export const listTasks = /* lua */ `${task}
local below, want, status, device = ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local answer = {}
while #answer < want do
  local found = call('ZREVRANGEBYSCORE', P .. 'tn', below, '-inf', 'WITHSCORES', 'LIMIT', 0, want)
  for i = 1, #found, 2 do
    local one = stored(found[i])
    local t = one and cjson.decode(one[1])
    local fits = t and (status == '' or t.status == status) and (device == '' or t.device.id == device)
    if fits and #answer < want then answer[#answer + 1] = { found[i + 1], one[1], one[2] } end
    below = '(' .. found[i + 1]
  end
  if #found < 2 * want then break end
end
return answer
`

/**
 * Arguments: how many, for how many milliseconds. Answers in how many milliseconds the next one is due, or nothing; then
 * JSON and revision of each that was claimed.
 */
export const claimTasks = /* lua */ `${task}
local answer = { '' }
for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'td', '-inf', text(now), 'LIMIT', 0, ARGV[3])) do
  call('ZADD', P .. 'td', text(now + tonumber(ARGV[4])), id)
  call('HINCRBY', key(id), 'v', 1)
  answer[#answer + 1] = stored(id)
end
local first = call('ZRANGE', P .. 'td', 0, 0, 'WITHSCORES')
if first[2] then answer[1] = text(math.max(0, tonumber(first[2]) - now)) end
return answer
`

/**
 * Arguments: task, revision that was read, when it is due in milliseconds or nothing (as before), JSON, request. Answers the new revision, or
 * nothing when another one is there. A repeated call of the same request answers as the first.
 */
export const saveTask = /* lua */ `${task}
local id, revision, inMs, json, request = ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]
local found = call('HMGET', key(id), 'v', 'w')
if found[2] == request then return found[1] end
if found[1] ~= revision then return false end
local revised = text(tonumber(revision) + 1)
call('HSET', key(id), 'r', json, 'v', revised, 'w', request)
if inMs then due(id, inMs) end
flush()
return revised
`

/** Arguments: task. Answers whether there was one. */
export const removeTask = /* lua */ `${task}
local id = ARGV[3]
call('ZREM', P .. 'td', id)
call('ZREM', P .. 'tn', id)
return call('DEL', key(id))
`
