import { hasShape } from '#libs/event-store/core.js';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { actorId, actorWithoutIdentity } from '#libs/auth/caller.js';
import { localAdministrators } from '#libs/auth/name-spaces.js';
import type { FormerCheckpoint } from '#libs/contracts/operators.js';
import { openCheckpoint, parseVkey } from '#libs/merkle-log/note.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { SystemClock } from '#libs/system/clock.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { bodyOf, RunningHub, type Address } from './running-hub.js';
import { usage } from './usage.js';

const auditor = { name: 'hub-audit', roles: ['auditor'] } as const;

interface Given extends Address {
  readonly file?: string | undefined;
  readonly reason?: string | undefined;
  readonly former?: string | undefined;
  readonly key?: string | undefined;
  readonly print?: boolean | undefined;
}

/** `hub audit check|export FILE|adopt --reason TEXT [--former FILE [--key FILE]] [--print]`. Exit 0 done and sound, 1 not, 2 usage. */
export async function auditCommand([what, ...args]: readonly string[]): Promise<number> {
  const given = valuesOf(args);
  if (given !== null) {
    const { file, reason = '' } = given;
    if (what === 'check' && file === undefined) return await check(given);
    if (what === 'export' && file !== undefined) return await exportLog(file, given);
    if (what === 'adopt' && file === undefined && reason.trim() !== '') return adopt(reason, given);
  }
  process.stderr.write(usage);
  return 2;
}

function valuesOf(args: readonly string[]): Given | null {
  const text = { type: 'string' } as const;
  try {
    const options = {
      reason: text,
      former: text,
      key: text,
      print: { type: 'boolean' } as const,
      url: text,
      token: text,
    };
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    return positionals.length > 1 ? null : { ...values, file: positionals[0] };
  } catch {
    return null;
  }
}

interface CheckAnswer {
  readonly ok: boolean;
  readonly checked: number;
  readonly damage: { readonly entry: number | null; readonly finding: string } | null;
}
const isCheckAnswer = hasShape<CheckAnswer>({ ok: 'flag', checked: 'number', damage: 'object or null' });

/** Has the running service hash its whole log again. */
async function check(given: Given): Promise<number> {
  const hub = await RunningHub.at(given, auditor);
  const response = await hub.call('POST', '/audit/v1/checks');
  const { ok, checked, damage } = await bodyOf<CheckAnswer>(isCheckAnswer, response);
  if (damage !== null)
    process.stdout.write(`damaged${damage.entry === null ? '' : `: entry ${damage.entry}`}: ${damage.finding}\n`);
  process.stdout.write(ok ? `sound: ${checked} entries\n` : `NOT sound; the ${checked} entries before it are sound\n`);
  return ok ? 0 : 1;
}

/** Downloads the whole log, for `hub verify`. */
async function exportLog(file: string, given: Given): Promise<number> {
  const hub = await RunningHub.at(given, auditor);
  const { body } = await hub.call('GET', '/audit/v1/log');
  if (body === null) throw new Error('the answer is empty');
  await pipeline(Readable.fromWeb(body), createWriteStream(file, { mode: 0o600 }));
  process.stdout.write(`${file}: check it with hub verify ${file} --key FILE\n`);
  return 0;
}

/** Writes the order to start a record, for the next start. The log records it, and what a restore lost where `former` tells. */
function adopt(reason: string, { former, key, print = false }: Given): number {
  const { HUB_DATA_DIR: dir } = loadSettings();
  const adoptedBy = actorId(actorWithoutIdentity(localAdministrators, userInfo().username));
  const known = former === undefined ? {} : { former: checkpointIn(former, key ?? join(dir, 'audit.vkey')) };
  const order = { id: uuidv7(), at: new SystemClock().now(), adoptedBy, reason, ...known };
  if (print) {
    process.stdout.write(`${JSON.stringify(order)}\n`);
    return 0;
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dir, 'audit.adopt'), JSON.stringify(order), { mode: 0o600 });
  process.stdout.write('the next start adopts the log if no checkpoint of it is kept; the log records this\n');
  return 0;
}

/** @throws Error for a file that is no checkpoint of this log */
function checkpointIn(file: string, key: string): FormerCheckpoint {
  const verifier = parseVkey(readFileSync(key, 'utf8').trim());
  const { size, root } = openCheckpoint(readFileSync(file, 'utf8'), verifier);
  return { size, root: root.toString('base64') };
}
