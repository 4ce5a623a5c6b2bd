import { Gauge, type Registry } from 'prom-client';
import type { App } from '../app.ts';
import { takeVitals, type Vitals, wasTried } from '../delivery/watch/vitals.ts';

/** Says what each gauge shows; a reading with labels is a row. */
const GAUGES: { name: string; help: string; labels?: string[]; read: (vitals: Vitals) => Reading[] }[] = [
  {
    name: 'paperboy_edition_age_seconds',
    help: 'Since the latest edition was published.',
    read: ({ latest, at }) => (latest ? [{ value: secondsBetween(latest.publishedAt, at) }] : []),
  },
  {
    name: 'paperboy_edition_late_hours',
    help: 'How late the edition is that is due; 0 when it is there.',
    read: ({ due }) => [{ value: due.published ? 0 : Math.max(0, due.hoursLate) }],
  },
  {
    name: 'paperboy_source_age_seconds',
    help: 'Since a source was last read well; infinite when it was tried in vain only.',
    labels: ['source'],
    read: ({ sources }) =>
      sources.filter(wasTried).map(({ name, ageSeconds }) => ({
        labels: { source: name },
        value: ageSeconds ?? Number.POSITIVE_INFINITY,
      })),
  },
  {
    name: 'paperboy_deliveries',
    help: 'Deliveries of the latest edition.',
    labels: ['status'],
    read: ({ deliveries }) => deliveries.map(({ status, count }) => ({ labels: { status }, value: count })),
  },
  {
    name: 'paperboy_mails_waiting',
    help: 'Digests and letters that could be sent now, or are held back by a pause.',
    read: ({ waiting }) => [{ value: waiting.count }],
  },
  {
    name: 'paperboy_mails_waiting_oldest_seconds',
    help: 'How long the oldest of them has waited.',
    read: ({ waiting }) => [{ value: waiting.oldestSeconds }],
  },
  {
    name: 'paperboy_send_latency_seconds',
    help: 'From composed to sent, over the latest edition.',
    labels: ['quantile'],
    read: ({ latency }) =>
      latency
        ? [
            { labels: { quantile: '0.5' }, value: latency.p50 },
            { labels: { quantile: '0.95' }, value: latency.p95 },
            { labels: { quantile: '0.99' }, value: latency.p99 },
          ]
        : [],
  },
  {
    name: 'paperboy_week_mails',
    help: 'Of the last seven days: mails sent, addresses that bounced, complaints.',
    labels: ['what'],
    read: ({ week }) => Object.entries(week).map(([what, value]) => ({ labels: { what }, value })),
  },
  {
    name: 'paperboy_readers',
    help: 'Subscribers by status.',
    labels: ['status'],
    read: ({ readers }) => readers.map(({ status, count }) => ({ labels: { status }, value: count })),
  },
  {
    name: 'paperboy_sending_paused',
    help: '1 while no mail leaves: paused by the operator, or refused by the mail server.',
    labels: ['by'],
    read: ({ sending }) => [
      { labels: { by: 'operator' }, value: Number(sending.state === 'paused') },
      { labels: { by: 'refusal' }, value: Number(sending.state === 'refused') },
    ],
  },
  {
    name: 'paperboy_queue_jobs',
    help: 'Jobs of the queue; failed: for good, in the last day.',
    labels: ['queue', 'state'],
    read: ({ queues }) =>
      queues.flatMap(({ name, ready, later, active, failed }) =>
        Object.entries({ ready, later, active, failed }).map(([state, value]) => ({
          labels: { queue: name, state },
          value,
        })),
      ),
  },
  {
    name: 'paperboy_queue_oldest_seconds',
    help: 'How long the oldest job that may be taken has waited.',
    labels: ['queue'],
    read: ({ queues }) =>
      queues.map(({ name, oldestSeconds }) => ({ labels: { queue: name }, value: oldestSeconds })),
  },
  {
    name: 'paperboy_queue_done_seconds',
    help: 'Since a job was last done; infinite when none was in the last day.',
    labels: ['queue'],
    read: ({ queues }) =>
      queues.map(({ name, doneSeconds }) => ({
        labels: { queue: name },
        value: doneSeconds ?? Number.POSITIVE_INFINITY,
      })),
  },
];

type Reading = { labels?: Record<string, string>; value: number };

const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

/** Asked so often at the most, whoever scrapes. */
const KEPT_MS = 10_000;

/**
 * Registers what the database knows of the house, the same from whichever process is asked. The function returned reads
 * it anew, before a scrape; it never throws, for a scrape must tell of the process also when the database is away.
 */
export function domainMetrics(app: App, register: Registry): () => Promise<void> {
  const gauges = GAUGES.map(({ name, help, labels = [], read }) => ({
    gauge: new Gauge({ name, help, labelNames: labels, registers: [register] }),
    read,
  }));
  const up = new Gauge({
    name: 'paperboy_database_up',
    help: '1 when the database answered this scrape.',
    registers: [register],
  });
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (app.now().getTime() - readAt < KEPT_MS) return;
    try {
      const vitals = await takeVitals(app);
      readAt = app.now().getTime();
      for (const { gauge, read } of gauges) {
        gauge.reset();
        for (const { labels = {}, value } of read(vitals)) gauge.set(labels, value);
      }
      up.set(1);
    } catch (err) {
      app.log.warn({ err }, 'the database did not tell its metrics');
      for (const { gauge } of gauges) gauge.reset();
      up.set(0);
    }
  };
}
