// A process that composes: it waits until the lock named by FAULTS_GATE is free, then composes several times at once.
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { compose } from '../../src/digests/compose.ts';

const app = await createApp(loadConfig());
await app.db.$executeRaw`SELECT pg_advisory_lock_shared(${Number(process.env.FAULTS_GATE)}::bigint)`;
const reports = await Promise.all([compose(app), compose(app)]);
app.log.info({ composed: reports.map(({ composed }) => composed) }, 'paperboy is up');
await app.close();
