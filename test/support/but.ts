/** The real thing, but for these methods: how a test makes one call fail and leaves the rest as it is. */
export const but = <T extends object>(real: T, methods: Partial<T>): T =>
  new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(methods, name) ? methods : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
