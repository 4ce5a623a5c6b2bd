import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { App } from '../app.ts';
import { showsMail } from './reading/digest.ts';

/**
 * The headers of every answer: nothing foreign is loaded, framed or told the address of a page, which may bear a token.
 * A page that shows a mail may use the mail's inline styles. A route's own header is left as it is.
 */
export function securityHeaders(app: App): MiddlewareHandler {
  const pages = secure(app, { styles: ["'self'"] });
  const mails = secure(app, { styles: ["'self'", "'unsafe-inline'"] });
  const shared = secure(app, { styles: ["'self'"], resourcePolicy: 'cross-origin' });
  return async (context, next) => {
    const { path } = context.req;
    if (showsMail(path)) return mails(context, next);
    if (!SHARED.test(path)) return pages(context, next);
    context.header('Access-Control-Allow-Origin', '*');
    return shared(context, next);
  };
}

/** Public facts, for the pages of others too, and the pictures of mails, which webmail shows. */
const SHARED = /^\/(api\/|openapi\.json$|feed\.|thumbnail\/|icon\.)/;

const secure = (
  { config }: App,
  { styles, resourcePolicy = 'same-origin' }: { styles: string[]; resourcePolicy?: string },
) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: styles,
      scriptSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: {
      camera: [],
      microphone: [],
      geolocation: [],
      payment: [],
      usb: [],
      browsingTopics: [],
    },
    crossOriginResourcePolicy: resourcePolicy,
    strictTransportSecurity: config.baseUrl.startsWith('https:') ? 'max-age=15552000' : false,
    xFrameOptions: 'DENY',
    overwrite: false,
  });
