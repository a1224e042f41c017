/** Arguments: device. Answers incarnation, node and token of its lease, or nothing. */
export const lease = /* lua */ `
return leaseOf(ARGV[3]) or false
`

/** Arguments: incarnation. Answers device, node and token of each lease that it holds. */
export const leasesOf = /* lua */ `
local answer = {}
if not alive(ARGV[3]) then return answer end
for _, device in ipairs(call('SMEMBERS', P .. 'i:' .. ARGV[3] .. ':d')) do
  local found = leaseOf(device)
  if found then answer[#answer + 1] = { device, found[2], found[3] } end
end
return answer
`

/** Arguments: device, incarnation, token. Answers 1 when the lease was given up. */
export const release = /* lua */ `
local device, inc, token = ARGV[3], ARGV[4], ARGV[5]
local state = call('HMGET', P .. 'd:' .. device, 'inc', 'tok', 'run')
if state[1] ~= inc or state[2] ~= token or state[3] or not alive(inc) or waiting(device) > 0 then return 0 end
call('DEL', P .. 'd:' .. device)
call('SREM', P .. 'i:' .. inc .. ':d', device)
return 1
`

/** Arguments: incarnation. Answers its devices that have something to take. */
export const devicesWithWork = /* lua */ `
local answer = {}
if not alive(ARGV[3]) then return answer end
for _, device in ipairs(call('SMEMBERS', P .. 'i:' .. ARGV[3] .. ':d')) do
  if waiting(device) > 0 then answer[#answer + 1] = device end
end
return answer
`

/** Which jobs of an incarnation were asked to end. Arguments: job and attempt in turns. Answers the jobs. */
export const cancelsOf = /* lua */ `
local answer = {}
for i = 3, #ARGV, 2 do
  local m = meta(ARGV[i])
  if m and m.status == 'started' and m.attempt == tonumber(ARGV[i + 1]) and m.cancel then answer[#answer + 1] = ARGV[i] end
end
return answer
`

/** Arguments: device. Answers 1 when it was held. */
export const releaseHold = /* lua */ `
if call('HDEL', P .. 'holds', ARGV[3]) == 0 then return 0 end
wake(ARGV[3])
flush()
return 1
`
