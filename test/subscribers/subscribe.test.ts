import { beforeEach, describe, expect, test } from 'vitest';
import { confirm, expirePending } from '../../src/subscribers/confirm.ts';
import { pause } from '../../src/subscribers/pause.ts';
import { parseSignUp, type SignUp, subscribe } from '../../src/subscribers/subscribe.ts';
import { erase, suppress } from '../../src/subscribers/suppression.ts';
import { unsubscribe } from '../../src/subscribers/unsubscribe.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
beforeEach(async () => {
  await app.db.subscriber.deleteMany();
  await app.db.suppression.deleteMany();
  app.setNow('2026-05-07T09:00:00Z');
});

function signUp(fields: object = {}): SignUp {
  const parsed = parseSignUp({
    email: 'Ada@example.org',
    topics: 'world models\nspeculative decoding',
    ...fields,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.signUp;
}

const only = () =>
  app.db.subscriber.findFirstOrThrow({
    include: {
      letters: { orderBy: { createdAt: 'asc' } },
      topics: { orderBy: { position: 'asc' }, include: { topic: true } },
    },
  });

describe('signing up', () => {
  test('a new address is pending, with its wishes, and one confirmation waits to be sent', async () => {
    expect(
      await subscribe(
        app,
        signUp({ timeZone: 'europe/berlin', sendHour: '7', frequency: 'weekly', maxPapers: 5 }),
      ),
    ).toEqual({ ok: true });
    expect(await only()).toMatchObject({
      email: 'Ada@example.org',
      emailKey: 'ada@example.org',
      status: 'pending',
      timeZone: 'Europe/Berlin',
      sendHour: 7,
      frequency: 'weekly',
      maxPapers: 5,
      trending: true,
      topics: [{ topic: { query: 'world models' } }, { topic: { query: 'speculative decoding' } }],
      letters: [{ kind: 'confirm', status: 'queued' }],
    });
  });

  test('a job to send the letter waits in the same database', async () => {
    await subscribe(app, signUp());
    const jobs = await app.db
      .$queryRaw`SELECT name FROM pgboss.job WHERE name = 'letters' AND state = 'created'`;
    expect(jobs).toEqual([{ name: 'letters' }]);
  });

  test('a second sign-up replaces the wishes and writes no second confirmation that day', async () => {
    await subscribe(app, signUp());
    app.setNow('2026-05-08T08:59:00Z');
    await subscribe(app, signUp({ email: 'ada@EXAMPLE.org', topics: ['robotics'], maxPapers: 3 }));
    expect(await only()).toMatchObject({
      maxPapers: 3,
      topics: [{ topic: { query: 'robotics' } }],
      letters: [{ kind: 'confirm' }],
    });
    app.setNow('2026-05-08T09:00:00Z');
    await subscribe(app, signUp());
    expect((await only()).letters).toHaveLength(2);
  });

  test('sign-ups at the same instant make one subscriber and one letter', async () => {
    const wishes = ['robotics', 'world models', 'optics', 'diffusion', 'pruning', 'agents'];
    await Promise.all(wishes.map((topics) => subscribe(app, signUp({ topics: [topics, 'robotics'] }))));
    expect(await app.db.subscriber.count()).toBe(1);
    expect((await only()).letters).toHaveLength(1);
  });

  test.each([
    ['active', async () => {}],
    ['paused', (id: string) => pause(app, id, null)],
  ])(
    'nobody can change what an %s reader chose: they are told by mail, once a day',
    async (status, become) => {
      await subscribe(app, signUp());
      const { id } = await only();
      await confirm(app, id);
      await become(id);
      const before = await only();
      await subscribe(app, signUp({ topics: 'something else', maxPapers: 1 }));
      await subscribe(app, signUp({ topics: 'something else', maxPapers: 1 }));
      const after = await only();
      expect(after.letters.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['confirm', 'welcome', 'already']),
      );
      expect(after.letters).toHaveLength(3);
      expect({ ...after, letters: [] }).toEqual({ ...before, letters: [] });
      expect(after.status).toBe(status);
      app.setNow('2026-05-08T09:00:00Z');
      await subscribe(app, signUp());
      expect((await only()).letters).toHaveLength(4);
    },
  );

  test('whoever has left can come back, by a new confirmation', async () => {
    await subscribe(app, signUp());
    const { id } = await only();
    await confirm(app, id);
    await unsubscribe(app, id);
    app.setNow('2026-05-09T09:00:00Z');
    await subscribe(app, signUp({ topics: 'optics' }));
    expect(await only()).toMatchObject({ id, status: 'pending', topics: [{ topic: { query: 'optics' } }] });
    expect((await only()).letters.filter(({ kind }) => kind === 'confirm')).toHaveLength(2);
    expect(await confirm(app, id)).toEqual({ status: 'confirmed' });
    expect(await only()).toMatchObject({ status: 'active', unsubscribedAt: null });
  });

  test('an address whose reader complained gets no letter and stays suppressed', async () => {
    await subscribe(app, signUp());
    const { id } = await only();
    await suppress(app, [id], 'complaint');
    app.setNow('2026-05-10T09:00:00Z');
    expect(await subscribe(app, signUp())).toEqual({ ok: true });
    const { status, letters } = await only();
    expect(status).toBe('suppressed');
    expect(letters).toHaveLength(1);
  });

  test('an erased address leaves nothing but a hash, and signing it up stores nothing', async () => {
    await subscribe(app, signUp());
    expect(await erase(app, 'ADA@example.org')).toEqual({ ok: true, found: true });
    expect(await erase(app, 'ADA@example.org')).toEqual({ ok: true, found: false });
    expect(await subscribe(app, signUp())).toEqual({ ok: true });
    expect(await app.db.subscriber.count()).toBe(0);
    expect(await app.db.suppression.findMany()).toEqual([
      { addressHash: expect.stringMatching(/^[0-9a-f]{64}$/), reason: 'erased', createdAt: app.now() },
    ]);
  });

  test('a suppression outlives a new secret, as long as the old one is kept', async () => {
    await erase(app, 'ada@example.org');
    const [old = ''] = app.secrets;
    await subscribe({ ...app, secrets: ['a newer secret than that', old] }, signUp());
    expect(await app.db.subscriber.count()).toBe(0);
    await subscribe({ ...app, secrets: ['a newer secret than that'] }, signUp());
    expect(await app.db.subscriber.count()).toBe(1);
  });

  test('what is no address cannot be erased', async () => {
    expect(await erase(app, 'ada')).toEqual({ ok: false, problem: expect.stringContaining('@') });
  });

  test('a time zone that the database cannot reckon in is refused and nothing is stored', async () => {
    const wishes = signUp();
    wishes.preferences.timeZone = 'Mars/Olympus_Mons';
    expect(await subscribe(app, wishes)).toEqual({
      ok: false,
      problems: [{ field: 'timeZone', message: expect.stringContaining('not known') }],
    });
    expect(await app.db.subscriber.count()).toBe(0);
  });

  test('when the letter cannot be queued, nothing is stored', async () => {
    const queue = { ...app.queue, send: () => Promise.reject(new Error('the queue is away')) };
    await expect(subscribe({ ...app, queue }, signUp())).rejects.toThrow('the queue is away');
    expect(await app.db.subscriber.count()).toBe(0);
  });
});

describe('confirming', () => {
  test('makes a pending reader active and writes one welcome, however often it is done', async () => {
    await subscribe(app, signUp());
    const { id } = await only();
    const all = await Promise.all([confirm(app, id), confirm(app, id), confirm(app, id)]);
    expect(all.map(({ status }) => status).sort()).toEqual(['already', 'already', 'confirmed']);
    expect(await only()).toMatchObject({ status: 'active', confirmedAt: app.now() });
    expect((await only()).letters.filter(({ kind }) => kind === 'welcome')).toHaveLength(1);
  });

  test('does not bring back whoever has left, is suppressed or was erased', async () => {
    await subscribe(app, signUp());
    const { id } = await only();
    await unsubscribe(app, id);
    expect(await confirm(app, id)).toEqual({ status: 'gone' });
    await suppress(app, [id], 'complaint');
    expect(await confirm(app, id)).toEqual({ status: 'gone' });
    await erase(app, 'ada@example.org');
    expect(await confirm(app, id)).toEqual({ status: 'gone' });
  });

  test('is possible for seven days after the last confirmation, then the sign-up is forgotten', async () => {
    await subscribe(app, signUp());
    app.setNow('2026-05-13T09:00:00Z');
    await subscribe(app, signUp());
    app.setNow('2026-05-20T08:59:00Z');
    expect(await expirePending(app)).toBe(0);
    app.setNow('2026-05-20T09:00:00Z');
    expect(await expirePending(app)).toBe(1);
    expect(await app.db.subscriber.count()).toBe(0);
    expect(await app.db.letter.count()).toBe(0);
  });

  test('expiry leaves everybody else alone', async () => {
    await subscribe(app, signUp());
    await confirm(app, (await only()).id);
    app.setNow('2027-05-20T09:00:00Z');
    expect(await expirePending(app)).toBe(0);
  });
});
