/** Another process that opens a database, reads from it and closes it: the last to do so takes the write-ahead log away. */
import process from 'node:process';
import { DatabaseSync } from '@photostructure/sqlite';

const [path = '', sql = ''] = process.argv.slice(2);
const database = new DatabaseSync(path);
database.exec(sql);
database.close();
