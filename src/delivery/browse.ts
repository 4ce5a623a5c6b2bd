import type { App } from '../app.ts';
import { type Rendered, renderDigest } from '../digests/render.ts';
import { loadEdition } from '../editions/edition.ts';
import { dayOf } from '../lib/day.ts';
import { pagesOf } from './addresses.ts';
import { type Choices, restore } from './choices.ts';

/** A digest as it was mailed, for reading in the browser; null when the delivery is gone or had nothing to say. */
export async function mailedDigest(app: App, deliveryId: string): Promise<Rendered | null> {
  const delivery = await app.db.delivery.findUnique({ where: { id: deliveryId } });
  if (!delivery?.choices) return null;
  const { subscriberId, editionDate, choices } = delivery;
  const edition = await loadEdition(app.db, dayOf(editionDate));
  if (!edition) return null;
  const digest = restore(edition, choices as Choices);
  return renderDigest(digest, { links: pagesOf(app, { deliveryId, subscriberId }) });
}
