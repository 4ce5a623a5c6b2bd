import type { App } from '../app.ts';
import { signMailLink, urlOf } from '../subscribers/links.ts';
import type { ReturnLinks } from './message.ts';

/** The pages that a digest links to. */
export function pagesOf(
  app: App,
  { deliveryId, subscriberId }: { deliveryId: string; subscriberId: string },
) {
  return {
    preferences: urlOf(app, 'preferences', subscriberId),
    unsubscribe: urlOf(app, 'unsubscribe', subscriberId),
    browser: urlOf(app, 'digest', deliveryId),
    taste: urlOf(app, 'taste', subscriberId),
    site: app.config.baseUrl,
  };
}

/** Where a mail program goes to unsubscribe, and where the bounces of this message go. */
export function returnLinks(
  app: App,
  { id, subscriberId }: { id: string; subscriberId: string },
  oneClick = urlOf(app, 'unsubscribe', subscriberId),
): ReturnLinks {
  return {
    oneClick,
    domain: app.config.inbound.domain,
    tokens: {
      unsubscribe: signMailLink(app.secrets, 'unsubscribe', subscriberId),
      bounce: signMailLink(app.secrets, 'bounce', id),
    },
  };
}

/** The delivery's or letter's id in the Message-ID of a message of ours (message.ts), which providers and reports hand back. */
export function deliveryIn(messageId: string | undefined): string | null {
  const [, id] = /^\s*<?([0-9a-f-]{36})@[^<>@\s]+>?\s*$/i.exec(messageId ?? '') ?? [];
  return id?.toLowerCase() ?? null;
}
