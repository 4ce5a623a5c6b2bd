/** Values by key, of `most` bytes in all: those that were asked for least recently go when there are more. */
export function shelf<Value>({ most, weigh }: { most: number; weigh: (value: Value) => number }) {
  const kept = new Map<string, Value>();
  let bytes = 0;
  const drop = (key: string) => {
    const value = kept.get(key);
    if (value !== undefined) bytes -= weigh(value);
    kept.delete(key);
  };
  return {
    get: (key: string): Value | undefined => {
      const value = kept.get(key);
      if (value === undefined) return undefined;
      kept.delete(key);
      kept.set(key, value);
      return value;
    },
    put: (key: string, value: Value): void => {
      drop(key);
      kept.set(key, value);
      bytes += weigh(value);
      for (const oldest of kept.keys()) {
        if (bytes <= most) break;
        drop(oldest);
      }
    },
  };
}
