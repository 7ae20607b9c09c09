/**
 * The key of a document: the stream that it belongs to, and what the view calls it within that stream. The engine makes
 * it, so that no view can name a document in such a way that another stream's events reach it.
 */
export interface DocumentName {
  readonly stream: string;
  /** Its name within the stream, which the view gives; absent for the stream's only document. */
  readonly name?: string;
}

/** Ends the stream's name: what follows is the view's. */
const END = '/';

/** @throws TypeError for a stream that could be taken for another one's document */
export function documentKey({ stream, name }: DocumentName): string {
  if (stream.includes(END)) throw new TypeError(`The name of the stream ${stream} holds a ${END}`);
  return name === undefined ? stream : `${stream}${END}${name}`;
}

export const streamOfKey = (key: string): string => key.split(END, 1)[0]!; // a split gives at least one part
