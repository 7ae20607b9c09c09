import { serverName, serverUnderTest } from '#test/support/event-store-db.js';
import { eventStoreContract } from '../contract.js';

eventStoreContract(serverName, async () => {
  const server = await serverUnderTest();
  return { store: await server.connect(), connect: () => server.connect(), close: () => server.close() };
});
