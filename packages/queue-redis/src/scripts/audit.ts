/** Puts an act in line. Arguments: the act as JSON. */
export const appendAudit = /* lua */ `
audit('"act":' .. ARGV[3])
return 'ok'
`

/**
 * What waits for its place in the chain. Arguments: how many at most. Answers number and hash of the chain's end, the first
 * entry that is kept (or nothing), the present time, then what waits, in order.
 */
export const openAudit = /* lua */ `
local head = call('HMGET', P .. 'ah', 'n', 'h')
local first = call('XRANGE', P .. 'au', '-', '+', 'COUNT', 1)[1]
return { head[1] or '0', head[2] or '', first or false, text(now), call('LRANGE', P .. 'ap', 0, tonumber(ARGV[3]) - 1) }
`

/**
 * Gives what waited its place, as long as the chain still ends where its reader saw it: another one may have been faster,
 * and what waited then waits no more. Arguments: number and hash of that end, how many waited, number of the last entry
 * that goes (0: none), then the entries as text, of which the last one's hash is the new end's: hash, and the texts.
 * Answers `stale` or `ok`.
 */
export const sealAudit = /* lua */ `
local n, h, waited, cut, hash = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local head = call('HMGET', P .. 'ah', 'n', 'h')
if (head[1] or '0') ~= text(n) or (head[2] or '') ~= h then return 'stale' end
for i = 8, #ARGV do
  n = n + 1
  call('XADD', P .. 'au', text(n) .. '-0', 'e', ARGV[i])
end
call('HSET', P .. 'ah', 'n', text(n), 'h', hash)
if waited > 0 then call('LTRIM', P .. 'ap', waited, -1) end
if cut > 0 then call('XTRIM', P .. 'au', 'MINID', text(cut + 1) .. '-0') end
return 'ok'
`
