/** Set before a suite: it runs on the production pair. */
process.env['STORES'] = 'eventstoredb+redis';
