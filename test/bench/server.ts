/**
 * The server under measurement, in a process of its own: all of the API with its projector, and two routes
 * that do nothing behind the same authentication, parsing and validation. Prints its address and its key.
 */
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { dtoOf } from '#context/index.js';
import { Roles, createLogger, listen } from '#http/index.js';
import { INTERACTION } from '#touchpoints/events.js';
import { createApi } from '../../apps/api/app.js';
import { readConfig } from '../../apps/composition/config.js';
import { openStores } from '../../apps/composition/stores.js';
import { startProjectorThread } from '../../apps/projector/start-thread.js';

/** A class that is named, so that its name can stand for its type. */
class Interaction extends dtoOf('Interaction', INTERACTION) {}

@Controller('nothing')
class NothingController {
  @Roles('back-office', 'admin')
  @Post()
  post(@Body() _body: Interaction): object {
    return {};
  }

  @Roles('back-office', 'admin')
  @Get()
  get(): object {
    return {};
  }
}

@Module({ controllers: [NothingController] })
class NothingModule {}

const config = readConfig(process.env);
const log = createLogger({ level: config.logLevel });
const stores = await openStores(config);
const projector = startProjectorThread(config, log, stores.openFiles);
const api = await createApi(stores, config, log, [NothingModule]);
const url = await listen(api.app, config);
process.stdout.write(`${JSON.stringify({ url, key: api.firstKey })}\n`);
process.once('SIGTERM', () => {
  void (async () => {
    await api.close();
    await projector.stop();
    await stores.close();
  })();
});
