import type { App } from './app.ts';
import { type DeliverReport, deliverDue, type OnProgress } from './delivery/deliver.ts';
import type { Settled } from './delivery/ledger.ts';
import { sendLetters } from './delivery/letters.ts';
import { type ComposeReport, compose } from './digests/compose.ts';
import { type PublishOutcome, publish } from './editions/publish.ts';
import type { Day } from './lib/day.ts';
import { traced } from './lib/tracing.ts';
import { type IngestReport, ingest } from './papers/ingest.ts';

export type DayReport = {
  ingest: IngestReport[];
  publish: PublishOutcome;
  compose: ComposeReport;
  deliver: DeliverReport;
  letters: Settled;
};

/**
 * A whole day, from the sources to the inboxes. Each line can be run again at any time without harm, so a day that
 * broke off is run again from the start.
 *
 * @param options.now whoever has not had the edition gets it, whatever their hour
 * @param options.onDelivered is told how far the deliveries have come
 */
export async function day(
  app: App,
  date: Day,
  { onDelivered, ...options }: { now?: boolean; onDelivered?: OnProgress } = {},
): Promise<DayReport> {
  return {
    ingest: await traced('ingest', { date }, () => ingest(app, { date })),
    publish: await traced('publish', { date }, () => publish(app, { date })),
    compose: await traced('compose', {}, () => compose(app, options)),
    deliver: await traced('deliver', {}, () => deliverDue(app, onDelivered)),
    letters: await traced('letters', {}, () => sendLetters(app)),
  };
}
