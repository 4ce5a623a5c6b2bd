import type { App } from '../app.ts';
import type { Digest } from '../digests/digest.ts';
import { draftDigest } from '../digests/draft.ts';
import { decoded, encodeDigest, type Rendered } from '../digests/render.ts';
import { editionDays } from '../editions/edition.ts';
import { editionFromShelf } from '../editions/shelf.ts';
import type { Day } from '../lib/day.ts';
import type { Outgoing } from '../lib/smtp/smtp.ts';
import { DEFAULTS, type Preferences } from '../subscribers/subscriber.ts';
import type { ParsedTopic } from '../topics/topic.ts';
import { pagesOf, returnLinks } from './addresses.ts';
import { digestMessage } from './message.ts';

export type Preview =
  | { status: 'digest'; digest: Digest; rendered: Rendered; message: Outgoing }
  | { status: 'silence'; why: string }
  | { status: 'no edition'; why: string };

/**
 * The digest that somebody new with these topics would get of an edition (default: the latest). Stores and sends nothing.
 */
export async function previewDigest(
  app: App,
  topics: ParsedTopic[],
  date?: Day,
  preferences: Preferences = DEFAULTS,
): Promise<Preview> {
  const { db, config, now } = app;
  const day = date ?? (await editionDays(db, 1))[0];
  const edition = day === undefined ? null : await editionFromShelf(app, day);
  if (!edition)
    return {
      status: 'no edition',
      why: date ? `There is no edition of ${date}.` : 'There is no edition yet.',
    };
  const choice = await draftDigest(app, edition, { ...preferences, topics });
  if ('silence' in choice) return { status: 'silence', why: choice.silence };
  // Signed for nobody: the links of a preview lead to no subscriber.
  const nobody = '00000000-0000-0000-0000-000000000000';
  const encoded = await encodeDigest(choice.digest, {
    links: pagesOf(app, { deliveryId: nobody, subscriberId: nobody }),
  });
  const message = digestMessage({
    id: nobody,
    to: 'reader@example.com',
    date: now(),
    from: config.mailFrom,
    links: returnLinks(app, { id: nobody, subscriberId: nobody }),
    encoded,
  });
  return { status: 'digest', digest: choice.digest, rendered: decoded(encoded), message };
}
