/**
 * Keeps Node's warning DEP0123 from being printed at each start, and no other warning.
 *
 * gRPC gives TLS the host as the name of the server, also where the host is an IP address, of which Node warns. It cannot
 * be told to give none. It takes another name as `grpc.ssl_target_name_override`, which the client has no option for, and
 * then the certificate has to be for that name in place of the address. As it is, the certificate is checked against the
 * address, so that nothing is wrong that this would hide.
 */
const CODE = 'DEP0123';
let isSilent = false;

export function silenceServerNameWarning(): void {
  if (isSilent) return;
  isSilent = true;
  // Node prints warnings in a listener of its own, which cannot be told to leave one out: so this one never reaches it.
  process.emit = new Proxy(process.emit, {
    apply: (emit, self, args: [unknown, unknown]) =>
      args[0] === 'warning' && (args[1] as NodeJS.ErrnoException).code === CODE // a warning is an error
        ? false
        : Reflect.apply(emit, self, args),
  });
}
