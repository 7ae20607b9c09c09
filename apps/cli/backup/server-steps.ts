/**
 * How EventStoreDB and Redis say that their files are copied while they run. EventStoreDB:
 * https://developers.eventstore.com/server/v24.6/operations/backup, Redis:
 * https://redis.io/docs/latest/operate/oss_and_stack/management/persistence, "Backing up AOF persistence".
 */
export const STEPS = [
  'The log, on one node of EventStoreDB that is up to date, and while no scavenge runs. DB is its folder of data, INDEX',
  'that of its index (DB/index, unless it was set). A snapshot of the disk that holds both will do as well; where they',
  'are on two disks, that of INDEX first.',
  '',
  '  mkdir -p BACKUP/db BACKUP/index',
  "  rsync -aI --include='*/' --include='*.chk' --exclude='*' INDEX/ BACKUP/index/",
  "  rsync -aI --exclude='*.chk' INDEX/ BACKUP/index/",
  '  rsync -aI DB/*.chk BACKUP/db/',
  '  rsync -a DB/*.0* BACKUP/db/',
  '',
  'Then the keys, on the Redis of KEYS_URL, to another place. DIR is its dir; appendonlydir its appenddirname.',
  '',
  '  redis-cli CONFIG GET auto-aof-rewrite-percentage      # remember it: N',
  '  redis-cli CONFIG SET auto-aof-rewrite-percentage 0',
  '  redis-cli INFO persistence | grep aof_rewrite         # go on when both that say in_progress and scheduled are 0',
  '  rsync -a --delete DIR/appendonlydir/ ELSEWHERE/appendonlydir/',
  '  cmp DIR/appendonlydir/*.manifest ELSEWHERE/appendonlydir/*.manifest   # they differ: an erasure has rewritten it, copy again',
  '  redis-cli CONFIG SET auto-aof-rewrite-percentage N',
  '',
  'To restore: stop every API and projector, both servers; put the files back; copy chaser.chk over truncate.chk in DB;',
  'start both servers, and run "touchstone restore" on the folder of this note before anything else.',
];
