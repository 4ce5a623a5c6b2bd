import type { App } from '../app.ts';
import { signLink, urlOf } from '../subscribers/links.ts';
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
    site: app.config.baseUrl,
  };
}

/** Where a mail program goes to unsubscribe, and where the bounces of this message go. */
export function returnLinks(
  app: App,
  { id, subscriberId }: { id: string; subscriberId: string },
): ReturnLinks {
  return {
    oneClick: urlOf(app, 'unsubscribe', subscriberId),
    tokens: {
      unsubscribe: signLink(app.secrets, 'unsubscribe', subscriberId),
      bounce: signLink(app.secrets, 'bounce', id),
    },
  };
}
