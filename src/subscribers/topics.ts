/** What a query for subscribers includes to have their topics, in the order in which they wrote them. */
export const inOrder = { orderBy: { position: 'asc' }, include: { topic: true } } as const;

/** A reader's topics as they wrote them: stored topics are shared, and lower-case. */
export const asWritten = (
  topics: { written: string | null; topic: { id: string; query: string } }[],
): { id: string; query: string }[] =>
  topics.map(({ written, topic: { id, query } }) => ({ id, query: written ?? query }));
