import type { Edition } from './edition.ts';

/** Finds what an edition has on some ids, an entry for each. */
type Find<Found> = (ids: string[]) => Promise<Iterable<readonly [string, Found]>>;

/**
 * A memory of what was found of editions, by id, for as long as somebody holds the edition: the readers of a batch ask for
 * much that those of the batch before asked for. It finds what it does not know, `atOnce` ids at a time, and forgets all of
 * an edition before it would know more than `most`.
 */
export function memory<Found>({ most, atOnce }: { most: number; atOnce: number }) {
  const editions = new WeakMap<Edition, Map<string, Found>>();
  return async (
    edition: Edition,
    ids: Iterable<string>,
    find: Find<Found>,
  ): Promise<ReadonlyMap<string, Found>> => {
    const known = editions.get(edition) ?? new Map<string, Found>();
    editions.set(edition, known);
    const wanted = new Set(ids);
    const found = new Map([...known].filter(([id]) => wanted.has(id)));
    const unknown = [...wanted].filter((id) => !known.has(id));
    for (let start = 0; start < unknown.length; start += atOnce) {
      for (const [id, one] of await find(unknown.slice(start, start + atOnce))) {
        if (known.size >= most) known.clear();
        known.set(id, one);
        found.set(id, one);
      }
    }
    return found;
  };
}
