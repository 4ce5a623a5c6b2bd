import type { Outside } from '../../app.ts';
import { type Config, ConfigError, loadConfig, unknownSettings } from '../../config.ts';
import type { Answer } from '../command.ts';
import { printable } from '../text.ts';
import { checkDatabase } from './database.ts';
import { checkDns } from './dns.ts';
import { checkFiles } from './files.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { checkMailServer } from './mail-server.ts';
import { checkMeaning } from './meaning.ts';
import type { Dns } from './records.ts';
import { checkSite } from './site.ts';
import { sendTest } from './test-mail.ts';

export type Visit = {
  env: Record<string, string | undefined>;
  outside: Outside;
  dns: Dns;
  /** Where a test message goes; without it none is sent. */
  sendTestTo?: string | undefined;
};

/**
 * Looks at everything that Paperboy needs and says of each what was found and what to do about it. Changes nothing, and
 * sends nothing unless told an address. Wrong settings hide what stands behind them: then they alone are told.
 */
export async function runDoctor({ env, outside, dns, sendTestTo }: Visit): Promise<Answer> {
  const settings = checkSettings(env);
  const { config } = settings;
  if (!config) return answerOf(settings.findings);
  const checks = await Promise.all([
    checkDatabase(config, outside),
    checkFiles(config),
    checkMeaning(config),
    checkMailServer(config),
    checkDns(config, dns),
    checkSite(config, outside),
  ]);
  const sent = sendTestTo === undefined ? [] : [await sendTest(config, outside, sendTestTo)];
  return answerOf([...settings.findings, ...checks.flat(), ...sent]);
}

function checkSettings(env: Visit['env']): { config: Config | null; findings: Finding[] } {
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const todo = 'Set it in the environment or in .env; docs/settings.md has them all.';
    return { config: null, findings: error.problems.map((problem) => fail('settings', problem, todo)) };
  }
  const strange = unknownSettings();
  const findings = [
    config.production
      ? ok('settings', 'all in order')
      : warn(
          'settings',
          'in order, but NODE_ENV is not production: what is not set has values for trying out',
          'Set NODE_ENV=production where readers come to.',
        ),
    ...(strange.length > 0
      ? [warn('settings', `.env sets what Paperboy does not know: ${strange.join(', ')}`, 'Mistyped?')]
      : []),
    ...config.warnings.map((warning) => warn('settings', warning, 'It works, but should be better.')),
  ];
  return { config, findings };
}

function answerOf(findings: Finding[]): Answer {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const failed = findings.filter(({ state }) => state === 'fail').length;
  const warned = findings.filter(({ state }) => state === 'warn').length;
  return {
    data: { healthy: failed === 0, findings },
    lines: [
      ...findings.flatMap((finding) => [
        `${finding.state.padEnd(4)}  ${finding.check.padEnd(width)}  ${printable(finding.found)}`,
        ...('todo' in finding ? [`${' '.repeat(width + 8)}${printable(finding.todo)}`] : []),
      ]),
      '',
      failed > 0
        ? `${failed} of ${findings.length} checks failed.`
        : `All is well${warned > 0 ? `, with ${warned} thing${warned === 1 ? '' : 's'} that could be better` : ''}.`,
    ],
    failed: failed > 0,
  };
}
