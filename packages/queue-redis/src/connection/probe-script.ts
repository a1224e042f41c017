/**
 * Does on one key, once each, what the scripts of this package do, and returns the first command that the user may not
 * run, with Redis' answer; nothing when all are allowed. An ACL is asked in scripts too, command by command.
 */
export const probeScript = `
local key = KEYS[1]
local calls = {
  { 'TIME' }, { 'EXISTS', key },
  { 'SET', key, '1', 'PX', '1000' }, { 'GET', key }, { 'INCR', key }, { 'PEXPIRE', key, '1000' }, { 'DEL', key },
  { 'HSET', key, 'a', '1' }, { 'HSETNX', key, 'a', '1' }, { 'HVALS', key }, { 'HGET', key, 'a' }, { 'HMGET', key, 'a' }, { 'HGETALL', key }, { 'HEXISTS', key, 'a' },
  { 'HINCRBY', key, 'a', '1' }, { 'HLEN', key }, { 'HDEL', key, 'a' }, { 'DEL', key },
  { 'LPUSH', key, 'a' }, { 'RPUSH', key, 'a' }, { 'LRANGE', key, '0', '-1' }, { 'LLEN', key }, { 'LREM', key, '0', 'a' },
  { 'DEL', key },
  { 'SADD', key, 'a' }, { 'SMEMBERS', key }, { 'SRANDMEMBER', key, '1' }, { 'SCARD', key }, { 'SREM', key, 'a' },
  { 'DEL', key },
  { 'ZADD', key, '1', 'a' }, { 'ZRANGE', key, '0', '-1' }, { 'ZRANGEBYSCORE', key, '0', '1' }, { 'ZREVRANGEBYSCORE', key, '1', '0' }, { 'ZCARD', key },
  { 'ZSCORE', key, 'a' }, { 'ZREM', key, 'a' }, { 'DEL', key },
  { 'XADD', key, '*', 'a', '1' }, { 'XRANGE', key, '-', '+' }, { 'DEL', key },
  { 'PUBLISH', key, '1' }, { 'PUBSUB', 'NUMSUB', key },
}
for _, call in ipairs(calls) do
  local answer = redis.pcall(unpack(call))
  if type(answer) == 'table' and answer.err then
    redis.pcall('DEL', key)
    return { call[1], answer.err }
  end
end
return {}
`
