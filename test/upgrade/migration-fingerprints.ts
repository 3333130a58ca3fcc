import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import ts from 'typescript';
import { services } from '#apps/hub/src/services.js';
import { sharedBusMigrations } from '#libs/event-bus/postgres/shared-bus.migrations.js';
import { migrationsOf } from '#libs/service-kit/service/migrate.js';
import { sharedKitMigrations } from '#libs/service-kit/service/service-kit.migrations.js';
import { root } from '../support/processes.js';

/** What one migration is and does, as two hashes. */
export interface Fingerprint {
  /** Of its class in the source, without comments and layout. */
  readonly text: string;
  /** Of the statements that it sends, with their parameters. */
  readonly statements: string;
}

/** Lines of `migrations.lock.json`, by name of the migration. */
export type Lock = Record<string, Fingerprint>;

export const lockFile = join(root, 'test/upgrade/migrations.lock.json');

export const readLock = (): Lock => JSON.parse(readFileSync(lockFile, 'utf8')) as Lock;

/** Every migration of every service and of the shared schema. */
export async function migrationFingerprints(): Promise<Lock> {
  const texts = classTexts();
  const all = [...services.flatMap(migrationsOf), ...sharedBusMigrations, ...sharedKitMigrations];
  const lock: Lock = {};
  for (const Migration of new Set(all)) {
    const migration = new Migration();
    const name = migration.name ?? Migration.name;
    lock[name] = { text: hash(texts.get(name) ?? ''), statements: hash(JSON.stringify(await sentBy(migration))) };
  }
  return Object.fromEntries(Object.entries(lock).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The source of each migration class. */
function classTexts(): Map<string, string> {
  const printer = ts.createPrinter({ removeComments: true });
  const texts = new Map<string, string>();
  for (const file of globSync('{apps,libs}/**/*.migrations.ts', { cwd: root })) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
    source.forEachChild((node) => {
      if (!ts.isClassDeclaration(node) || node.name === undefined) return;
      texts.set(node.name.text, printer.printNode(ts.EmitHint.Unspecified, node, source));
    });
  }
  return texts;
}

/** Rows that a migration finds, by what it asks for: enough for it to do all that it does. */
const found: readonly (readonly [asked: RegExp, rows: readonly object[]])[] = [
  [/current_schema\(\)/, [{ schema: 'its_schema' }]],
  [/ as key from /, [{ key: ' Straße-1 ' }]],
  [
    /select id, state from identity/,
    [
      {
        id: '0198c0de-0000-7000-8000-00000000000a',
        state: {
          status: 'active',
          managerId: null,
          employments: [{ workerId: 'w1', employed: true, onLeave: false }],
          primaryWorkerId: 'w1',
          person: {
            displayName: 'Ada',
            userName: 'Ada@Corp.example',
            tokenSubjects: [],
            records: { w1: { employeeId: ' 1001 ', familyName: 'L', managerId: ' 1000 ', email: 'Ada@Corp.example' } },
          },
        },
      },
    ],
  ],
];

async function sentBy(migration: MigrationInterface): Promise<unknown[]> {
  const sent: unknown[] = [];
  const query = (sql: string, parameters: unknown[] = []): Promise<readonly object[]> => {
    sent.push([sql.replaceAll(/\s+/g, ' ').trim(), parameters]);
    return Promise.resolve(found.find(([asked]) => asked.test(sql))?.[1] ?? []);
  };
  await migration.up({ query } as unknown as QueryRunner);
  return sent;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
