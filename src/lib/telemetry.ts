import { context, trace } from '@opentelemetry/api';

/** Where a collector takes spans, and what it wants to be told with them, a password for one. */
export type Collector = { url: string; headers: Record<string, string> };

const PACKAGES = [
  '@opentelemetry/sdk-trace',
  '@opentelemetry/resources',
  '@opentelemetry/context-async-hooks',
  '@opentelemetry/exporter-trace-otlp-http',
];

/**
 * Sends the spans of this process (tracing.ts) to a collector, by OTLP over HTTP, as JSON. The SDK is 24 MB that few
 * want, so whoever sets a collector installs it.
 *
 * @returns sends what is left, and ends
 * @throws when the SDK is not installed
 */
export async function startTelemetry({ url, headers }: Collector): Promise<() => Promise<void>> {
  const [{ TracerProvider, BatchSpanProcessor }, { resourceFromAttributes }, hooks, { OTLPTraceExporter }] =
    await load();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'paperboy' }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url, headers, timeoutMillis: PATIENCE_MS }),
        exportTimeoutMillis: PATIENCE_MS,
      }),
    ],
  });
  context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(provider);
  return () => provider.shutdown();
}

/** A collector that is away does not hold up the end. */
const PATIENCE_MS = 5000;

const load = () =>
  Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends there is not installed: npm install --no-save ${PACKAGES.join(' ')}`,
    );
  });
