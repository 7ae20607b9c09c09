/**
 * What Redis runs for the store, in Lua. A script is alone while it runs, so what it reads is of one moment and what
 * it writes is seen whole. Redis does not roll back: a script decides first, on everything, and writes then. The
 * first write is refused where memory is full or the server is a replica, and no later one of the same script is.
 *
 * KEYS[1] is the catalogue, then come the five keys of each collection, in the order of `layout.ts`.
 * Positions, tokens and large sums stay text: Lua's numbers are doubles.
 */
import { lua, script as scriptOf, type Script } from '#redis/index.js';

/** How a script found the collection: it is as its commits have left it, or what has become of it. */
export type Standing = 'ok' | 'lost' | 'dropped' | 'unknown';

const COMMON = lua`
-- Redis says 'too many results to unpack' from 8,000 on. Even, so that pairs stay together.
local CHUNK = 4000

local function chunked(command, key, values, from, to)
  local results = {}
  for first = from, to, CHUNK do
    results[#results + 1] = redis.call(command, key, unpack(values, first, math.min(first + CHUNK - 1, to)))
  end
  return results
end

local function five(k) return KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3], KEYS[k + 4] end

local function sizes(k)
  return redis.call('HLEN', KEYS[k + 1]), redis.call('ZCARD', KEYS[k + 2]), redis.call('HLEN', KEYS[k + 3]),
    redis.call('ZCARD', KEYS[k + 4])
end

-- Takes a collection away, and its views' right to be answered from it. Answers whether it had been begun.
local function takeAway(k, name)
  redis.call('UNLINK', five(k))
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 'v:' and fields[i + 1] == name then redis.call('HDEL', KEYS[1], fields[i]) end
  end
  return redis.call('HDEL', KEYS[1], 'c:' .. name) == 1
end

-- Of a collection that lost some of its keys nothing is to be trusted.
local function lose(k, name)
  takeAway(k, name)
  return 'lost'
end

local function standing(k, name)
  local begun = redis.call('HEXISTS', KEYS[1], 'c:' .. name) == 1
  local counts = redis.call('HMGET', KEYS[k], 'documents', 'entries', 'cells', 'partitions')
  if begun and counts[1] and counts[2] and counts[3] and counts[4] then
    local documents, entries, cells, names = sizes(k)
    if tonumber(counts[1]) == documents and tonumber(counts[2]) == entries
      and tonumber(counts[3]) == cells and cells == names then return 'ok' end
  elseif not begun and redis.call('EXISTS', five(k)) == 0 then
    return redis.call('HEXISTS', KEYS[1], 'd:' .. name) == 1 and 'dropped' or 'unknown'
  end
  return lose(k, name)
end
`;

/**
 * Exact sums of whole numbers given as text. Up to 15 digits doubles are exact; a longer number is high * 10^9 + low, with
 * 0 <= low < 10^9, of which both halves are. Answers nothing where 64 bits with a sign do not hold the sum.
 */
const SUMS = lua`
local BILLION = 1000000000

local function halves(text)
  local digits = string.gsub(text, '^-', '')
  local high = tonumber(string.sub(digits, 1, -10)) or 0
  local low = tonumber(string.sub(digits, -9))
  if string.sub(text, 1, 1) ~= '-' then return high, low end
  if low == 0 then return -high, 0 end
  return -high - 1, BILLION - low
end

local function plus(a, b)
  if #a <= 15 and #b <= 15 then return string.format('%.0f', tonumber(a) + tonumber(b)) end
  local aHigh, aLow = halves(a)
  local bHigh, bLow = halves(b)
  local high, low = aHigh + bHigh, aLow + bLow
  if low >= BILLION then high, low = high + 1, low - BILLION end
  if high > 9223372036 or (high == 9223372036 and low > 854775807) then return nil end
  if high < -9223372037 or (high == -9223372037 and low < 145224192) then return nil end
  if high >= 0 then
    return high == 0 and string.format('%d', low) or string.format('%.0f%09d', high, low)
  end
  if low > 0 then high, low = high + 1, BILLION - low end
  return high == 0 and string.format('-%d', low) or string.format('-%.0f%09d', -high, low)
end
`;

const script = (body: string): Script => scriptOf(COMMON + body);

/** Of one collection: ARGV[1] is its name, and the answer begins with its standing. */
const ofCollection = (body: string): Script =>
  script(lua`
local stands = standing(2, ARGV[1])
if stands ~= 'ok' then return { stands } end
${body}`);

/** ARGV: collection, keys … → standing, chunks of documents */
const GET = ofCollection(lua`
return { stands, chunked('HMGET', KEYS[3], ARGV, 2, #ARGV) }`);

const PAGE = lua`
local members
if ARGV[3] == 'descending' then
  members = redis.call('ZREVRANGEBYLEX', KEYS[4], ARGV[5], ARGV[4], 'LIMIT', 0, ARGV[6])
else
  members = redis.call('ZRANGEBYLEX', KEYS[4], ARGV[4], ARGV[5], 'LIMIT', 0, ARGV[6])
end
local keys, sorts = {}, {}
for i, member in ipairs(members) do
  local sortEnd = string.find(member, '\0', #ARGV[2] + 2, true)
  sorts[i] = string.sub(member, #ARGV[2] + 2, sortEnd - 1)
  keys[i] = string.sub(member, sortEnd + 1)
end
local documents = {}
if #keys > 0 then documents = redis.call('HMGET', KEYS[3], unpack(keys)) end
`;

/** ARGV: collection, list, direction, min, max, limit → standing, sorts, keys, documents */
const RANGE = ofCollection(lua`${PAGE}
return { stands, sorts, keys, documents }`);

/** The same → standing, count, text, last sort, last key */
const RANGE_TEXT = ofCollection(lua`${PAGE}
local texts, last = {}, 0
for i = 1, #keys do
  if documents[i] then texts[#texts + 1] = documents[i]; last = i end
end
return { stands, #texts, '[' .. table.concat(texts, ',') .. ']', sorts[last] or '', keys[last] or '' }`);

/** ARGV: collection, list → standing, number of entries */
const SIZE = ofCollection(lua`
return { stands, redis.call('ZLEXCOUNT', KEYS[4], '[' .. ARGV[2] .. '\0', '(' .. ARGV[2] .. '\1') }`);

/** ARGV: collection, prefix → standing, names, chunks of amounts. No byte of UTF-8 is as great as 255. */
const CELLS = ofCollection(lua`
local names = redis.call('ZRANGEBYLEX', KEYS[6], '[' .. ARGV[2], '(' .. ARGV[2] .. '\255')
return { stands, names, chunked('HMGET', KEYS[5], names, 1, #names) }`);

/** ARGV: collection → standing, checkpoint and progress of each partition in turn */
const STATES = ofCollection(lua`
local fields = {}
for partition = 0, tonumber(redis.call('HGET', KEYS[2], 'partitions')) - 1 do
  fields[#fields + 1] = 'checkpoint:' .. partition
  fields[#fields + 1] = 'progress:' .. partition
end
return { stands, chunked('HMGET', KEYS[2], fields, 1, #fields) }`);

/** ARGV: collection, cursor → standing, next cursor, keys of documents, some of them repeatedly */
const SCAN_KEYS = ofCollection(lua`
local found = redis.call('HSCAN', KEYS[3], ARGV[2], 'COUNT', 1000)
local keys = {}
for i = 1, #found[2], 2 do keys[#keys + 1] = found[2][i] end
return { stands, found[1], keys }`);

/** ARGV: collection → standing, what it is about */
const ABOUT = ofCollection(lua`
return { stands, redis.call('HGET', KEYS[2], 'about') or '' }`);

/** ARGV: collection, what it is about */
const DESCRIBE = ofCollection(lua`
redis.call('HSET', KEYS[2], 'about', ARGV[2])
return { stands }`);

/** ARGV: collection, progress, partitions, what it is about. Of what is begun again its drop is forgotten. */
const BEGIN = script(lua`
if standing(2, ARGV[1]) == 'ok' then return end
local fields = { 'partitions', ARGV[3], 'about', ARGV[4], 'documents', 0, 'entries', 0, 'cells', 0 }
for partition = 0, tonumber(ARGV[3]) - 1 do
  for _, value in ipairs({ 'checkpoint:' .. partition, '', 'progress:' .. partition, ARGV[2] }) do
    fields[#fields + 1] = value
  end
end
chunked('HSET', KEYS[2], fields, 1, #fields)
redis.call('HSET', KEYS[1], 'c:' .. ARGV[1], 1)
redis.call('HDEL', KEYS[1], 'd:' .. ARGV[1])`);

/** ARGV: collection, view. What is not whole becomes nobody's live collection. */
const ACTIVATE = ofCollection(lua`
redis.call('HSET', KEYS[1], 'v:' .. ARGV[2], ARGV[1])
return { stands }`);

/** ARGV: collection */
const DROP = script(lua`
if takeAway(2, ARGV[1]) then redis.call('HSET', KEYS[1], 'd:' .. ARGV[1], 1) end`);

const LEASES = lua`
local now = redis.call('TIME')
local milliseconds = now[1] * 1000 + math.floor(now[2] / 1000)
local function parts(text) return string.match(text or '', '^(%Z*)%z(%d+)%z(%d+)$') end
`;

/**
 * KEYS: leases. ARGV: name, holder, time in ms → token, or nothing. Tokens go on from the microseconds of the
 * server's clock, so that they grow even where Redis was flushed.
 */
const LEASE = script(lua`${LEASES}
local holder, token, till = parts(redis.call('HGET', KEYS[1], ARGV[1]))
if holder ~= ARGV[2] then
  if holder and holder ~= '' and milliseconds < tonumber(till) then return false end
  token = string.format('%.0f', math.max(tonumber(token or 0) + 1, now[1] * 1000000 + now[2]))
end
local ends = string.format('%.0f', milliseconds + ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. '\0' .. token .. '\0' .. ends)
return token`);

/** KEYS: leases. ARGV: name, holder, token. What is left has no holder, and the token to go on from. */
const RELEASE = script(lua`${LEASES}
local holder, token = parts(redis.call('HGET', KEYS[1], ARGV[1]))
if holder == ARGV[2] and token == ARGV[3] then redis.call('HSET', KEYS[1], ARGV[1], '\0' .. token .. '\0' .. 0) end`);

/** KEYS: leases → name, holder, token of each that is held */
const HELD = script(lua`${LEASES}
local held = {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local holder, token, till = parts(fields[i + 1])
  if holder and holder ~= '' and milliseconds < tonumber(till) then
    for _, value in ipairs({ fields[i], holder, token }) do held[#held + 1] = value end
  end
end
return held`);

/**
 * KEYS: catalogue, five keys of each collection, leases. ARGV as `commit.ts` writes it: sections that begin with the
 * number of their values. The answer is 'stored', or what is wrong: then nothing is.
 */
const COMMIT = script(lua`${SUMS}
local at = 1
local function value() at = at + 1; return ARGV[at - 1] end
local function section()
  local size = tonumber(value())
  at = at + size
  return { from = at - size, to = at - 1, size = size }
end
local function apply(command, key, of) chunked(command, key, ARGV, of.from, of.to) end

local leases = section()
for i = leases.from, leases.to, 3 do
  local shown = ARGV[i + 1] .. '\0' .. ARGV[i + 2] .. '\0'
  local held = redis.call('HGET', KEYS[#KEYS], ARGV[i])
  if not held or string.sub(held, 1, #shown) ~= shown then return { 'lease', (i - leases.from) / 3 } end
end

local commits = {}
for n = 0, (#KEYS - 2) / 5 - 1 do
  local k = 2 + 5 * n
  local name, expected = value(), value()
  local commit = { checkpoint = value(), progress = section(), deleted = section(), put = section(),
    listedOnly = section(), unlisted = section(), listed = section(), cells = section(), amounts = section() }
  commits[n + 1] = commit

  if standing(k, name) ~= 'ok' then return { 'unknown', n } end
  for i = commit.progress.from, commit.progress.to, 2 do
    local actual = redis.call('HGET', KEYS[k], 'checkpoint:' .. ARGV[i])
    if not actual then return { 'unknown', n } end
    if actual ~= expected then return { 'checkpoint', n, ARGV[i], actual } end
  end
  for i = commit.listedOnly.from, commit.listedOnly.to do
    if redis.call('HEXISTS', KEYS[k + 1], ARGV[i]) == 0 then return { 'dangling', n } end
  end
  commit.kept, commit.gone, commit.new = {}, {}, {}
  local cells, amounts = commit.cells, commit.amounts
  for c, found in ipairs(chunked('HMGET', KEYS[k + 3], ARGV, cells.from, cells.to)) do
    for i = 1, #found do
      local index = (c - 1) * CHUNK + i - 1
      local cell = ARGV[cells.from + index]
      local sum = plus(found[i] or '0', ARGV[amounts.from + index])
      if not sum then return { 'sum', n } end
      if sum == '0' then
        commit.gone[#commit.gone + 1] = cell
      else
        commit.kept[#commit.kept + 1] = cell
        commit.kept[#commit.kept + 1] = sum
      end
      if not found[i] and sum ~= '0' then
        commit.new[#commit.new + 1] = 0
        commit.new[#commit.new + 1] = cell
      end
    end
  end
end

for n, commit in ipairs(commits) do
  local state, documents, entries, cells, names = five(2 + 5 * (n - 1))
  apply('HSET', documents, commit.put)
  apply('HDEL', documents, commit.deleted)
  apply('ZREM', entries, commit.unlisted)
  apply('ZADD', entries, commit.listed)
  chunked('HSET', cells, commit.kept, 1, #commit.kept)
  chunked('HDEL', cells, commit.gone, 1, #commit.gone)
  chunked('ZADD', names, commit.new, 1, #commit.new)
  chunked('ZREM', names, commit.gone, 1, #commit.gone)
  for i = commit.progress.from, commit.progress.to, 2 do
    redis.call('HSET', state, 'checkpoint:' .. ARGV[i], commit.checkpoint, 'progress:' .. ARGV[i], ARGV[i + 1])
  end
  local documentCount, entryCount, cellCount = sizes(2 + 5 * (n - 1))
  redis.call('HSET', state, 'documents', documentCount, 'entries', entryCount, 'cells', cellCount)
end
return 'stored'`);

export const SCRIPTS = {
  GET,
  RANGE,
  RANGE_TEXT,
  SIZE,
  CELLS,
  STATES,
  ABOUT,
  DESCRIBE,
  SCAN_KEYS,
  BEGIN,
  ACTIVATE,
  DROP,
  LEASE,
  RELEASE,
  HELD,
  COMMIT,
} as const;
