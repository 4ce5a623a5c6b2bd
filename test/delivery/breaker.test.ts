import { beforeEach, describe, expect, test } from 'vitest';
import { note, passage } from '../../src/delivery/breaker.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
beforeEach(async () => {
  await app.db.$executeRaw`TRUNCATE breakers`;
  app.setNow('2026-05-07T08:00:00Z');
});
const refuse = (refused: number) => note(app, { taken: 0, refused, reason: '550 5.7.1' });

describe('the breaker', () => {
  test('lets mail pass until five refusals of us in a row', async () => {
    expect(await refuse(4)).toBeNull();
    expect(await passage(app)).toEqual({ state: 'free' });
    expect(await refuse(1)).toEqual(new Date('2026-05-07T08:00:30Z'));
    expect(await passage(app)).toEqual({ state: 'barred', until: new Date('2026-05-07T08:00:30Z') });
  });

  test('forgets refusals when a message is taken between them', async () => {
    await refuse(4);
    await note(app, { taken: 1, refused: 3, reason: '550 5.7.1' });
    await refuse(4);
    expect(await passage(app)).toEqual({ state: 'free' });
  });

  test('lets one message probe when its time is over, whoever asks first', async () => {
    await refuse(5);
    app.setNow('2026-05-07T08:00:30Z');
    const asked = await Promise.all([passage(app), passage(app), passage(app)]);
    expect(asked.map(({ state }) => state).sort()).toEqual(['barred', 'barred', 'probe']);
  });

  test('stays open twice as long when the probe is refused, a quarter of an hour at most', async () => {
    await refuse(5);
    const minutes: number[] = [];
    for (let probe = 0; probe < 7; probe++) {
      const until = await refuse(1);
      minutes.push(((until?.getTime() ?? 0) - app.now().getTime()) / 60_000);
    }
    expect(minutes).toEqual([1, 2, 4, 8, 15, 15, 15]);
  });

  test('closes when the probe is taken', async () => {
    await refuse(5);
    app.setNow('2026-05-07T08:00:30Z');
    await passage(app);
    await note(app, { taken: 1, refused: 0, reason: '' });
    expect(await passage(app)).toEqual({ state: 'free' });
    expect(await refuse(4)).toBeNull();
  });
});
