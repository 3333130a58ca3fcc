import { jest } from '@jest/globals';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { witnessKey } from '#libs/witness/witness-key.js';
import { witnessServer } from '#libs/witness/witness-server.js';
import { cosignedAt, parseCosignerVkey } from '#libs/merkle-log/cosignature.js';
import { verifyLogFile } from '#libs/merkle-log/log-file.js';
import { bodyOf } from '#libs/merkle-log/note.js';
import { appendLeaves, emptyTree } from '#libs/merkle-log/tree.js';
import { close } from '#libs/service-kit/http/http-server.js';
import { eventually } from '../../../../test/support/eventually.js';
import { auditUnderTest, type AuditUnderTest } from '../audit-under-test.fixtures.js';
import type { AdoptionOrder } from './adoption.process.js';
import { hire, minute, Story } from './messages.fixtures.js';

jest.setTimeout(60_000);

const tables = ['leaf', 'leaf_part', 'node', 'tree_head', 'signed_checkpoint', 'holder', 'subject_key', 'log_key'];

/** What a superuser of the database can do to it, whatever triggers and constraints say. */
async function asSuperuser({ db }: AuditUnderTest, ...statements: readonly string[]): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(`set local session_replication_role = replica`);
    for (const sql of statements) await tx.query(sql);
  });
}
const dump = (t: AuditUnderTest, name: string): Promise<void> =>
  asSuperuser(t, `create schema ${name}`, ...tables.map((table) => `create table ${name}.${table} as table ${table}`));
const restore = (t: AuditUnderTest, name: string): Promise<void> =>
  asSuperuser(
    t,
    ...tables.flatMap((table) => [`delete from ${table}`, `insert into ${table} select * from ${name}.${table}`]),
  );

/** Cuts the log to `size` entries, as consistently as anybody could. */
async function cut(t: AuditUnderTest, size: number): Promise<void> {
  const rows = await t.db.query<{ hash: Buffer }>(`select hash from leaf where index < $1 order by index`, [size]);
  const { frontier } = appendLeaves(
    emptyTree,
    rows.map(({ hash }) => hash),
  );
  const edge = Buffer.concat(frontier.edge).toString('hex');
  await asSuperuser(
    t,
    `delete from leaf where index >= ${size}`,
    `delete from leaf_part where index >= ${size}`,
    `delete from node where (index + 1) * (1 << level) > ${size}`,
    `delete from signed_checkpoint where size > ${size}`,
    `update tree_head set size = ${size}, edge = '\\x${edge}'`,
  );
}

const check = async (t: AuditUnderTest): Promise<Record<string, unknown>> =>
  (await t.ask('/audit/v1/checks', 'POST')).body;
const checkpoint = (t: AuditUnderTest): ReturnType<AuditUnderTest['ask']> => t.ask('/audit/v1/checkpoint');
const sizeIn = (note: string): number => Number(note.split('\n')[1]);

describe('tampering with the stored log', () => {
  let t: AuditUnderTest;
  beforeAll(async () => {
    t = await auditUnderTest();
    await t.publish(minute(3), hire(new Story('ada')));
    await t.publish(minute(4), hire(new Story('bob')));
    expect(sizeIn((await checkpoint(t)).text)).toBe(12);
    await dump(t, 'sound');
  });
  afterEach(() => restore(t, 'sound'));
  afterAll(() => t.close());

  it('is none when nothing was changed', async () => {
    expect(await check(t)).toEqual({ ok: true, checked: 12, damage: null });
  });

  const rehash = `hash = sha256('\\x00'::bytea || convert_to(replace(leaf_data, 'service/test', 'service/fake'), 'UTF8'))`;
  it.each<[string, string[], number | null, string]>([
    [
      'a changed entry',
      [`update leaf set leaf_data = replace(leaf_data, 'service/test', 'service/fake') where index = 3`],
      3,
      'does not match its hash',
    ],
    [
      'a changed entry with its hash',
      [
        `update leaf set leaf_data = replace(leaf_data, 'service/test', 'service/fake'), actor = 'service/fake', ${rehash} where index = 3`,
      ],
      2,
      'node 1/1',
    ],
    ['a deleted entry', [`delete from leaf where index = 4`], 4, 'missing'],
    [
      'two swapped entries',
      [
        `update leaf set index = -1 where index = 4`,
        `update leaf set index = 4 where index = 5`,
        `update leaf set index = 5 where index = -1`,
        `update leaf_part set index = case index when 4 then 5 else 4 end where index in (4, 5)`,
      ],
      4,
      'node 1/2',
    ],
    ['a search column', [`update leaf set identity = gen_random_uuid() where index = 3`], 3, 'search column identity'],
    [
      'a time to search by',
      [`update leaf set occurred_at = occurred_at - interval '1 day' where index = 7`],
      7,
      'search column occurred_at',
    ],
    ['what finds its access', [`delete from holder`], 3, 'holder'],
    [
      'a salt',
      [
        `update leaf_part set sealed = (select sealed from leaf_part where index = 3 and subject = p.subject) from leaf_part p where leaf_part.index = 1 and p.index = 1 and leaf_part.subject = p.subject`,
      ],
      1,
      'salt',
    ],
    ['a part', [`delete from leaf_part where index = 1`], 1, 'is missing'],
    [
      'a part that is added',
      [`insert into leaf_part (index, subject, sealed) values (2, gen_random_uuid(), 'x')`],
      2,
      'added',
    ],
    ['the key of a person, without a word that they are forgotten', [`delete from subject_key`], 0, 'salt'],
    ['a node of the tree', [`update node set hash = sha256(hash) where level = 2 and index = 1`], 4, 'node 2/1'],
    ['a deleted node of the tree', [`delete from node where level = 1 and index = 3`], 6, 'node 1/3'],
    [
      'the head of the tree',
      [`update tree_head set edge = set_byte(edge, 0, (get_byte(edge, 0) + 1) % 256)`],
      11,
      'head',
    ],
    [
      'the time from which on entries are recorded',
      [`update tree_head set recorded_at = recorded_at + interval '70 years'`],
      11,
      'another time',
    ],
    [
      'an entry beyond the head',
      [
        `insert into leaf select index + 20, gen_random_uuid(), type, hash, leaf_data, source, epoch, sequence, subject, identity, application, actor, correlation_id, causation_id, occurred_at, recorded_at from leaf where index = 3`,
      ],
      23,
      'beyond the head',
    ],
    ['a checkpoint', [`update signed_checkpoint set root = sha256(root) where size = 12`], 11, 'checkpoint of 12'],
    [
      'the note of a checkpoint',
      [`update signed_checkpoint set note = replace(note, e'\\n12\\n', e'\\n13\\n') where size = 12`],
      11,
      'checkpoint of 12',
    ],
  ])('is noticed: %s', async (_, statements, entry, finding) => {
    await asSuperuser(t, ...statements);
    expect(await check(t)).toEqual({
      ok: false,
      checked: expect.any(Number),
      damage: { entry, finding: expect.stringContaining(finding) },
    });
    expect(await (await fetch(`${t.url()}/health/ready`)).json()).toMatchObject({
      findings: expect.arrayContaining([expect.stringContaining(finding)]),
    });
  });

  it('is noticed in the background, too', async () => {
    await asSuperuser(t, `update leaf set actor = 'service/fake' where index = 5`);
    await eventually(
      async () =>
        JSON.stringify(await (await fetch(`${t.url()}/health/ready`)).json()).includes('entry 5 of the log is damaged'),
      { timeoutMs: 20_000 },
    );
  }, 30_000);

  it('exports the whole log, which verifies offline, and does not once it was changed', async () => {
    const { text } = await t.ask('/audit/v1/log');
    expect(await verifyLogFile(text.split('\n'))).toMatchObject({ ok: true, entries: 12, findings: [] });
    await asSuperuser(
      t,
      `update leaf set leaf_data = replace(leaf_data, 'service/test', 'service/fake') where index = 3`,
    );
    const changed = await t.ask('/audit/v1/log');
    expect((await verifyLogFile(changed.text.split('\n'))).findings).toEqual([
      'the entries do not match the checkpoint',
    ]);
  });
});

interface Outside {
  readonly t: AuditUnderTest;
  readonly close: () => Promise<void>;
}
async function withFile(): Promise<Outside> {
  const t = await auditUnderTest();
  return { t, close: () => t.close() };
}

/** A signed log of six entries that is stopped, and whose record is gone. */
async function withoutRecord(): Promise<Outside> {
  const outside = await withFile();
  const { t } = outside;
  await t.publish(minute(3), hire(new Story('ada')));
  await checkpoint(t);
  await t.stop();
  rmSync(join(t.dataDir, 'audit.checkpoint'));
  return outside;
}

/** An order to adopt the log, as `hub audit adopt` writes it. */
const adoptionOrder = (id: string, at: string, reason: string): AdoptionOrder => ({
  id,
  at,
  adoptedBy: '0198c0de-0000-7000-8000-0000000000b1',
  reason,
});

class WitnessUnderTest {
  readonly dir = mkdtempSync(join(tmpdir(), 'witness-'));
  readonly logs = join(this.dir, 'log.vkey');
  readonly key = witnessKey(this.dir, 'witness.example/w1');
  private server: Server | undefined;
  port = 0;

  async start(): Promise<void> {
    const { signer, vkey } = this.key;
    const server = witnessServer({
      dir: this.dir,
      signer,
      vkey,
      logs: [this.logs],
      nowMs: () => Date.parse(minute(0)),
    });
    await new Promise<void>((listening) => server.listen(this.port, '127.0.0.1', listening));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }
  async stop(): Promise<void> {
    if (this.server !== undefined) await close(this.server, 100);
    this.server = undefined;
  }
  get setting(): string {
    return `http://127.0.0.1:${this.port}#${this.key.vkey}`;
  }
}

async function withWitness(): Promise<Outside & { witness: WitnessUnderTest }> {
  const witness = new WitnessUnderTest();
  await witness.start();
  const t = await auditUnderTest({ CHECKPOINT_WITNESS: witness.setting });
  writeFileSync(witness.logs, readFileSync(join(t.dataDir, 'audit.vkey')));
  return {
    t,
    witness,
    close: async () => {
      await t.close();
      await witness.stop();
    },
  };
}
const later = (t: AuditUnderTest, name: string): Promise<void> => t.publish(minute(5), hire(new Story(name)));

describe.each<[string, () => Promise<Outside>]>([
  ['a file in the data directory', withFile],
  ['a witness', withWitness],
])('a log whose checkpoint is kept by %s', (_, open) => {
  let outside: Outside;
  let t: AuditUnderTest;
  beforeEach(async () => {
    outside = await open();
    ({ t } = outside);
    await t.publish(minute(3), hire(new Story('ada')));
    expect(sizeIn((await checkpoint(t)).text)).toBe(6);
    await dump(t, 'older');
    await later(t, 'bob');
    expect(sizeIn((await checkpoint(t)).text)).toBe(12);
  });
  afterEach(() => outside.close());

  async function refused(words: RegExp): Promise<void> {
    expect(await checkpoint(t)).toMatchObject({ status: 500, body: { code: 'log.inconsistent' } });
    expect(await check(t)).toMatchObject({ ok: false });
    await expect(t.restart()).rejects.toThrow(words);
  }

  it('starts again, and is signed on', async () => {
    await t.restart();
    await later(t, 'cid');
    expect(sizeIn((await checkpoint(t)).text)).toBe(18);
  });

  it('is neither signed nor started when its tail was cut off', async () => {
    await cut(t, 9);
    await refused(/cannot start: the log has 9 entries, and the checkpoint at .* has 12\. .*restore a backup/);
  });

  it('is neither signed nor started when the database was set back to an older dump', async () => {
    await restore(t, 'older');
    await refused(/cannot start: the log has 6 entries, and the checkpoint at .* has 12/);
  });

  it('signs no fork: not after it was set back and written on', async () => {
    await restore(t, 'older');
    await t.untilSize(6);
    for (const name of ['eve', 'mallory', 'trent']) await later(t, name);
    await refused(/cannot start: the log of 24 entries does not continue the checkpoint at/);
  });

  it('does not start again when all of it was wiped', async () => {
    await asSuperuser(
      t,
      ...tables.filter((name) => name !== 'tree_head' && name !== 'log_key').map((name) => `delete from ${name}`),
      `update tree_head set size = 0, edge = ''`,
    );
    await refused(/cannot start: the log has 0 entries, and the checkpoint at .* has 12/);
  });

  it('notices a checkpoint in the middle that is gone, or one that does not say what came before', async () => {
    await later(t, 'cid');
    expect(sizeIn((await checkpoint(t)).text)).toBe(18);
    expect(await check(t)).toMatchObject({ ok: true, checked: 18 });
    await dump(t, 'whole');
    await asSuperuser(t, `delete from signed_checkpoint where size = 12`);
    expect(await check(t)).toMatchObject({
      ok: false,
      damage: { entry: 17, finding: expect.stringContaining('signed after that of 12 entries') },
    });
    await restore(t, 'whole');
    await asSuperuser(
      t,
      `delete from signed_checkpoint where size = 12`,
      `update signed_checkpoint set previous = 6 where size = 18`,
    );
    expect(await check(t)).toMatchObject({ ok: false, damage: { entry: 17 } });
    await restore(t, 'whole');
    await asSuperuser(t, `update signed_checkpoint set link = null, previous = null where size = 18`);
    expect(await check(t)).toMatchObject({ ok: false, damage: { entry: 17 } });
    await restore(t, 'whole');
    // As a version without links left them.
    await asSuperuser(t, `update signed_checkpoint set link = null, previous = null where size < 18`);
    expect(await check(t)).toMatchObject({ ok: true, checked: 18 });
  });

  it('does not start with another key', async () => {
    await asSuperuser(t, `delete from log_key`);
    await expect(t.restart()).rejects.toThrow(/another key than .*audit\.vkey/);
  });
});

describe('a log without a record', () => {
  it('is adopted once, by an order that the log tells of', async () => {
    const { t, close: end } = await withoutRecord();
    await expect(t.start()).rejects.toThrow(/has no checkpoint of it.*audit adopt --reason/);
    const order = adoptionOrder('0198c0de-0000-7000-8000-00000000ad01', minute(4), 'a new disk');
    writeFileSync(join(t.dataDir, 'audit.adopt'), JSON.stringify(order));
    await t.start();
    await t.untilSize(7);
    const { body } = await t.ask('/audit/v1/entries/6');
    expect(body).toMatchObject({
      type: 'hub.audit.record.adopted.v1',
      data: { adoption: order.id, adoptedBy: order.adoptedBy, size: 6, former: null },
      personal: [{ subject: order.adoptedBy, fields: { reason: 'a new disk' } }],
    });
    await checkpoint(t);
    await t.stop();
    rmSync(join(t.dataDir, 'audit.checkpoint'));
    await expect(t.start()).rejects.toThrow(/has no checkpoint of it/);
    await end();
  });

  it('is adopted once by an order in a file that is only read, as a Secret is', async () => {
    const { t, close: end } = await withoutRecord();
    const order = adoptionOrder('0198c0de-0000-7000-8000-00000000ad03', minute(4), 'a new witness');
    const path = join(t.dataDir, 'order');
    writeFileSync(path, JSON.stringify(order), { mode: 0o400 });
    await t.start({ AUDIT_ADOPTION: path });
    await t.untilSize(7);
    expect((await t.ask('/audit/v1/entries/6')).body).toMatchObject({ data: { adoption: order.id, size: 6 } });
    await checkpoint(t);
    await t.stop();
    rmSync(join(t.dataDir, 'audit.checkpoint'));
    await expect(t.start({ AUDIT_ADOPTION: path })).rejects.toThrow(/has no checkpoint of it/);
    await end();
  });
});

describe('a log that was restored from an older backup', () => {
  it('goes on once its record is put aside and it is adopted, and says so', async () => {
    const { t, close: end } = await withFile();
    await t.publish(minute(3), hire(new Story('ada')));
    await checkpoint(t);
    await dump(t, 'older');
    await later(t, 'bob');
    expect(sizeIn((await checkpoint(t)).text)).toBe(12);
    await t.stop();
    await restore(t, 'older');
    const record = join(t.dataDir, 'audit.checkpoint');
    const order = {
      ...adoptionOrder('0198c0de-0000-7000-8000-00000000ad02', minute(6), 'restored the backup of Sunday'),
      former: { size: 12, root: Buffer.alloc(32, 1).toString('base64') },
    };
    const adopt = (): void => writeFileSync(join(t.dataDir, 'audit.adopt'), JSON.stringify(order));
    // An order alone does not outweigh a record that has more.
    adopt();
    await expect(t.start()).rejects.toThrow(/has 6 entries, and the checkpoint at .* has 12/);
    renameSync(record, `${record}.before-restore`);
    adopt();
    await t.start();
    await t.untilSize(7);
    expect((await t.ask('/audit/v1/entries/6')).body).toMatchObject({
      type: 'hub.audit.record.adopted.v1',
      data: { size: 6, former: order.former },
      personal: [{ fields: { reason: order.reason } }],
    });
    expect(sizeIn((await checkpoint(t)).text)).toBe(7);
    expect(await check(t)).toMatchObject({ ok: true, checked: 7 });
    await end();
  });
});

describe('a witness', () => {
  it('cosigns what is shown, and is asked before it is', async () => {
    const { t, witness, close: end } = await withWitness();
    await t.publish(minute(3), hire(new Story('ada')));
    const { text } = await checkpoint(t);
    expect(cosignedAt(bodyOf(text), text, parseCosignerVkey(witness.key.vkey))).toBe(Date.parse(minute(0)) / 1_000);
    await end();
  });

  it('that is silent delays checkpoints, not entries, and not the start', async () => {
    const { t, witness, close: end } = await withWitness();
    await t.publish(minute(3), hire(new Story('ada')));
    expect(sizeIn((await checkpoint(t)).text)).toBe(6);
    await witness.stop();
    await later(t, 'bob');
    expect(sizeIn((await checkpoint(t)).text)).toBe(6);
    expect(await (await fetch(`${t.url()}/health/ready`)).json()).toMatchObject({
      ok: true,
      findings: [expect.stringContaining('nothing is signed until it is')],
    });
    await t.restart();
    await later(t, 'cid');
    await witness.start();
    expect(await eventually(async () => sizeIn((await checkpoint(t)).text) === 18)).toBe(true);
    await end();
  });

  it('with another key than the settings name is not believed', async () => {
    const { t, witness, close: end } = await withWitness();
    await end();
    const other = witnessKey(mkdtempSync(join(tmpdir(), 'other-')), 'witness.example/w1');
    await witness.start();
    const misled = await auditUnderTest({ CHECKPOINT_WITNESS: `http://127.0.0.1:${witness.port}#${other.vkey}` });
    writeFileSync(witness.logs, readFileSync(join(misled.dataDir, 'audit.vkey')));
    expect(await checkpoint(misled)).toMatchObject({ status: 503, body: { code: 'log.not_witnessed' } });
    await misled.close();
    await witness.stop();
    expect(t.logged.filter((line) => line.includes('"fatal"'))).toEqual([]);
  });

  it('is required of a service that owns no data directory', async () => {
    await expect(auditUnderTest({}, false)).rejects.toThrow('CHECKPOINT_WITNESS: is missing');
  });
});
