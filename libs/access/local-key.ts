/** A key that only this process knows, for as long as it runs: whoever has the data folder needs none of the log's. */
import { hashOfApiKey, newApiKey, type KeyRing, type Principal } from '#http/index.js';

export interface LocalKey {
  readonly secret: string;
  /** The ring, and this key in front of it. */
  with(ring: KeyRing): KeyRing;
}

export function localKey(principal: Principal): LocalKey {
  const secret = newApiKey();
  const own = hashOfApiKey(secret);
  return {
    secret,
    with: (ring) => ({
      find: (hash) => (hash === own ? principal : ring.find(hash)),
      whenRevoked: (tell) => ring.whenRevoked(tell),
    }),
  };
}
