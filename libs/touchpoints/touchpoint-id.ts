import { derivedId, given } from '#kernel';

/** The id follows from the command, so that a command sent again names the same touchpoint. */
export const touchpointId = (commandId: string): string => derivedId(commandId, 'touchpoint');

export const withTouchpointId = <T extends object>(
  commandId: string,
  body: T,
): T & { readonly touchpointId: string } => ({
  ...(given(body) as T), // absent fields are left out; the rest is as it was
  touchpointId: touchpointId(commandId),
});
