/** Only the fields that were given: what an absent optional field is in an event. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present: Partial<T> = {};
  for (const key in fields) if (fields[key] !== undefined) present[key] = fields[key];
  return present as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Only the fields that differ from what is so already: a command that asks for nothing new decides nothing. */
export function changesTo<T extends object>(
  current: { readonly [K in keyof T]?: unknown },
  asked: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const changes: Partial<T> = {};
  for (const key in asked) {
    if (asked[key] !== undefined && JSON.stringify(asked[key]) !== JSON.stringify(current[key]))
      changes[key] = asked[key];
  }
  return changes as { [K in keyof T]?: Exclude<T[K], undefined> };
}
