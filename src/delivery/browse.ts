import type { App } from '../app.ts';
import { type Rendered, renderDigest } from '../digests/render.ts';
import { loadEdition } from '../editions/edition.ts';
import { dayOf } from '../lib/day.ts';
import { urlOf } from '../subscribers/links.ts';
import { type Choices, restore } from './choices.ts';

/**
 * A digest as it was mailed, for reading in the browser; null when the delivery is gone or had nothing to say. A page's
 * address is passed on as a mail seldom is, so it has none of its reader's links: they lead to where a reader gets them.
 */
export async function mailedDigest(app: App, deliveryId: string): Promise<Rendered | null> {
  const delivery = await app.db.delivery.findUnique({ where: { id: deliveryId } });
  if (!delivery?.choices) return null;
  const { editionDate, choices } = delivery;
  const edition = await loadEdition(app.db, dayOf(editionDate));
  if (!edition) return null;
  const digest = restore(edition, choices as Choices);
  const { baseUrl } = app.config;
  const ownLinks = `${baseUrl}/lost-link`;
  return renderDigest(digest, {
    links: {
      preferences: ownLinks,
      unsubscribe: ownLinks,
      // The template adds a paper's path.
      taste: `${ownLinks}#`,
      browser: urlOf(app, 'digest', deliveryId),
      site: baseUrl,
    },
  });
}
