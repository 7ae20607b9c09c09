/**
 * What reads and changes the keys in Redis, each script in one step. Its four Redis keys:
 *
 *     <prefix>store    hash   layout, id of the installation, active (fingerprint of the master key written under),
 *                             destroyed (how many keys were), asked (moved by every write, so that WAITAOF waits),
 *                             erasures (how far those of the log were carried out)
 *     <prefix>keys     hash   subject → wrapped key; empty for one that was destroyed: a field is never removed
 *     <prefix>secrets  hash   name → wrapped secret
 *     <prefix>masters  hash   fingerprint → proof
 *
 * A script answers GONE where the installation is not the one it was told, and MASTER where another master key is
 * written under by now.
 */
import { lua, script } from '#redis/index.js';

export const LAYOUT = '1';
export const [STORE, KEYS, SECRETS, MASTERS] = [1, 2, 3, 4] as const;

const NAMES = lua`local store, keys, secrets, masters = KEYS[1], KEYS[2], KEYS[3], KEYS[4]`;

/** ARGV: id. Answers with how many were destroyed, how many fields there are, and values. */
const HEAD = lua`${NAMES}
if redis.call('HGET', store, 'id') ~= ARGV[1] then return 'GONE' end
local function answer(values)
  return { tonumber(redis.call('HGET', store, 'destroyed')), redis.call('HLEN', keys), values }
end`;

/** ARGV: id, fingerprint. */
const UNDER = lua`${HEAD}
if redis.call('HGET', store, 'active') ~= ARGV[2] then return 'MASTER' end`;

/** ARGV: id of a new installation, fingerprint, proof, whether it may be made. Answers with what there is now. */
const FOUND = script(lua`${NAMES}
if redis.call('EXISTS', store) == 0 then
  if redis.call('EXISTS', keys, secrets, masters) > 0 then return 'HALF' end
  if ARGV[4] ~= 'yes' then return 'NONE' end
  redis.call('HSET', store, 'layout', '${LAYOUT}', 'id', ARGV[1], 'active', ARGV[2], 'destroyed', 0)
  redis.call('HSET', masters, ARGV[2], ARGV[3])
end
redis.call('HINCRBY', store, 'asked', 1)
return redis.call('HMGET', store, 'layout', 'id')`);

/** ARGV: id, number of the hash, then fields. Answers with their values. */
const READ = script(lua`${HEAD}
local hash, values = KEYS[tonumber(ARGV[2])], {}
for i = 3, #ARGV do values[#values + 1] = redis.call('HGET', hash, ARGV[i]) end
return answer(values)`);

/** ARGV: id, fingerprint, number of the hash, then field and value. Answers with the values there are now. */
const MAKE = script(lua`${UNDER}
local hash, values = KEYS[tonumber(ARGV[3])], {}
redis.call('HINCRBY', store, 'asked', 1)
for i = 4, #ARGV, 2 do
  redis.call('HSETNX', hash, ARGV[i], ARGV[i + 1])
  values[#values + 1] = redis.call('HGET', hash, ARGV[i])
end
return answer(values)`);

/** ARGV: id, subject. */
const DESTROY = script(lua`${HEAD}
redis.call('HINCRBY', store, 'asked', 1)
if redis.call('HGET', keys, ARGV[2]) ~= '' then
  redis.call('HSET', keys, ARGV[2], '')
  redis.call('HINCRBY', store, 'destroyed', 1)
end
return answer({})`);

/** ARGV: id, how far. */
const ERASURES = script(lua`${HEAD}
redis.call('HSET', store, 'erasures', ARGV[2])
return answer({})`);

/** ARGV: id, fingerprint, proof. */
const ACTIVATE = script(lua`${HEAD}
redis.call('HSETNX', masters, ARGV[2], ARGV[3])
redis.call('HSET', store, 'active', ARGV[2])
return answer({})`);

/** ARGV: id, fingerprint, number of the hash, then field, old and new value. Answers with how many were replaced. */
const REPLACE = script(lua`${UNDER}
local hash, replaced = KEYS[tonumber(ARGV[3])], 0
for i = 4, #ARGV, 3 do
  if redis.call('HGET', hash, ARGV[i]) == ARGV[i + 1] then
    redis.call('HSET', hash, ARGV[i], ARGV[i + 2])
    replaced = replaced + 1
  end
end
return answer({ replaced })`);

/** ARGV: id, fingerprint. Takes every other master key off the record. Answers with how many secrets there are. */
const RETIRE = script(lua`${UNDER}
for _, other in ipairs(redis.call('HKEYS', masters)) do
  if other ~= ARGV[2] then redis.call('HDEL', masters, other) end
end
redis.call('HINCRBY', store, 'asked', 1)
return answer({ redis.call('HLEN', secrets) })`);

export const SCRIPTS = { FOUND, READ, MAKE, DESTROY, ERASURES, ACTIVATE, REPLACE, RETIRE } as const;
