import { unzipSync, zipSync } from 'fflate';
import { buildEvidencePack, type PackEntry } from './evidence-pack.js';
import { makeLeaf } from './leaf.js';
import { generateNoteKey, noteSigner, openCheckpoint, parseVkey, signCheckpoint, vkeyOf } from './note.js';
import { appendLeaves, emptyTree, planInclusion, rootOf } from './tree.js';
import { verifyEvidencePack } from './verify-pack.js';

const signer = noteSigner('hub.example/audit', generateNoteKey());
const trusted = vkeyOf(signer);

async function pack(): Promise<Buffer> {
  const leaves = Array.from({ length: 9 }, (_, n) =>
    makeLeaf(
      { public: { type: 'hub.test.v1', n }, parts: [{ subject: `s-${n}`, fields: { name: `person ${n}` } }] },
      () => Buffer.alloc(32, n),
    ),
  );
  const { frontier, nodes } = appendLeaves(
    emptyTree,
    leaves.map((leaf) => leaf.hash),
  );
  const at = new Map(nodes.map((node) => [`${node.level}/${node.index}`, node.hash]));
  const entries: PackEntry[] = [1, 4, 8].map((index) => {
    const leaf = leaves[index];
    if (leaf === undefined) throw new Error('no such leaf');
    return {
      index,
      leafData: leaf.leafData,
      parts: leaf.parts.map(({ subject, salt, fields }) =>
        index === 4 ? { subject, forgotten: true } : { subject, salt: salt.toString('base64'), fields },
      ),
      proof: planInclusion(index, 9)
        .assemble(({ level, index: i }) => at.get(`${level}/${i}`) ?? Buffer.alloc(0))
        .map((hash) => hash.toString('base64')),
    };
  });
  const checkpoint = { origin: 'hub.example/audit', size: 9, root: rootOf(frontier) };
  return await buildEvidencePack({
    checkpoint: signCheckpoint(checkpoint, signer),
    signer,
    scope: { identity: 'x' },
    entries,
    timelineCsv: ['a,b\n'],
    timelineJson: ['[]\n'],
  });
}

const sound = await pack();

/** The pack with one file changed, removed or added. */
function changed(change: (files: Record<string, Uint8Array>) => void): Uint8Array {
  const files = unzipSync(sound);
  change(files);
  return zipSync(files);
}
/** The pack with a file that no object of JavaScript shows among its own. */
function withReservedName(): Uint8Array {
  const bytes = Buffer.from(changed((files) => (files['extra.txt'] = Buffer.from('x'))));
  return Buffer.from(bytes.toString('latin1').replaceAll('extra.txt', '__proto__'), 'latin1');
}
const edited = (name: string, edit: (text: string) => string): Uint8Array =>
  changed((files) => {
    files[name] = Buffer.from(edit(Buffer.from(files[name] ?? []).toString()));
  });

describe('an evidence pack', () => {
  it('verifies offline with the key one was given, a forgotten person included', () => {
    expect(verifyEvidencePack(sound, trusted)).toMatchObject({
      ok: true,
      findings: [],
      notes: [],
      entries: 3,
      checkpoint: { size: 9 },
    });
  });

  it('says so when only its own key vouches for it', () => {
    const verdict = verifyEvidencePack(sound);
    expect(verdict.ok).toBe(true);
    expect(verdict.notes).toHaveLength(1);
  });

  it('is refused with another key than the trusted one', () => {
    const other = vkeyOf(noteSigner('hub.example/audit', generateNoteKey()));
    expect(verifyEvidencePack(sound, other)).toMatchObject({
      ok: false,
      findings: [expect.stringContaining('not the key you trust')],
    });
  });

  it.each([
    ['an entry', edited('entries.ndjson', (t) => t.replace('person 8', 'person 9')), 'entries.ndjson was changed'],
    ['the timeline', edited('timeline.csv', (t) => `${t}c,d\n`), 'timeline.csv was changed'],
    [
      'the manifest',
      edited('manifest.json', (t) => t.replace('"entries": 3', '"entries": 2')),
      'not a signature of manifest.json',
    ],
    [
      'its signature',
      edited('manifest.sig', (t) => (t.startsWith('A') ? `B${t.slice(1)}` : `A${t.slice(1)}`)),
      'manifest.sig',
    ],
    ['the spelling of its signature', edited('manifest.sig', (t) => t.replace('==', '=')), 'not canonical base64'],
    ['the checkpoint', edited('checkpoint.txt', (t) => t.replace('\n9\n', '\n8\n')), 'checkpoint.txt was changed'],
    ['a file nobody listed', changed((files) => (files['extra.txt'] = Buffer.from('x'))), 'extra.txt is not listed'],
    ['a missing file', changed((files) => delete files['timeline.json']), 'timeline.json is missing'],
    ['a file of a reserved name', withReservedName(), '__proto__ is not listed'],
    ['not a zip', Buffer.from('hello'), 'not a zip'],
    ['something behind it', Buffer.concat([sound, Buffer.from('x')]), 'something follows'],
  ])('is refused with %s changed, and says what is wrong', (_, bytes, finding) => {
    const verdict = verifyEvidencePack(bytes, trusted);
    expect(verdict.ok).toBe(false);
    expect(verdict.findings.join()).toContain(finding);
  });

  it('names the entry that was changed beside the file', () => {
    const bytes = edited('entries.ndjson', (t) => t.replace('person 8', 'person 9'));
    expect(verifyEvidencePack(bytes, trusted).findings).toEqual([
      expect.stringContaining('entries.ndjson was changed'),
      'entry 8: part 0 was changed',
    ]);
    const broken = edited('entries.ndjson', (t) => t.replace('{', ''));
    expect(verifyEvidencePack(broken, trusted).findings[1]).toMatch(/^entry on line 1: /);
  });

  it('names the entry, when the holder of the key signs a changed one again', async () => {
    const entry = Buffer.from(unzipSync(sound)['entries.ndjson'] ?? [])
      .toString()
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => JSON.parse(l) as PackEntry);
    const { checkpoint } = verifyEvidencePack(sound, trusted);
    if (checkpoint === null) throw new Error('no checkpoint');
    const build = (entries: PackEntry[]): Promise<Buffer> =>
      buildEvidencePack({
        checkpoint: signCheckpoint(checkpoint, signer),
        signer,
        scope: {},
        entries,
        timelineCsv: [],
        timelineJson: [],
      });
    const [first, second, third] = entry;
    if (first === undefined || second === undefined || third === undefined) throw new Error('three entries');
    const forgedPart = {
      ...third,
      parts: third.parts.map((p) => ('fields' in p ? { ...p, fields: { name: 'nobody' } } : p)),
    };
    expect(verifyEvidencePack(await build([first, second, forgedPart]), trusted).findings).toEqual([
      'entry 8: part 0 was changed',
    ]);
    expect(
      verifyEvidencePack(await build([first, { ...second, leafData: second.leafData.replace('4', '5') }]), trusted)
        .findings[0],
    ).toMatch(/^entry 4: its proof/);
    expect(verifyEvidencePack(await build([second, first]), trusted).findings).toEqual(['entry 1: is out of order']);
  });
});

describe('a large pack', () => {
  it('lets others have their turn while it is put together', async () => {
    const proof = Array.from({ length: 20 }, (_, n) => Buffer.alloc(32, n).toString('base64'));
    const entries = Array.from({ length: 20_000 }, (_, index) => ({ index, leafData: '{}', parts: [], proof }));
    let turns = 0;
    let building = true;
    const count = (): void => {
      turns += 1;
      if (building) setImmediate(count);
    };
    setImmediate(count);
    const checkpoint = { origin: 'hub.example/audit', size: 1, root: Buffer.alloc(32) };
    const bytes = await buildEvidencePack({
      checkpoint: signCheckpoint(checkpoint, signer),
      signer,
      scope: {},
      entries,
      timelineCsv: [],
      timelineJson: [],
    });
    building = false;
    expect(bytes.length).toBeGreaterThan(100_000);
    // Some 20 megabytes, a quarter of one at a time.
    expect(turns).toBeGreaterThan(60);
  });
});

describe('a signed checkpoint', () => {
  it('opens with its key and with no other', () => {
    const root = Buffer.alloc(32, 1);
    const origin = 'hub.example/audit';
    const text = signCheckpoint({ origin, size: 3, root }, signer);
    expect(openCheckpoint(text, parseVkey(trusted))).toEqual({ origin, size: 3, root });
    const other = parseVkey(vkeyOf(noteSigner('hub.example/audit', generateNoteKey())));
    expect(() => openCheckpoint(text, other)).toThrow('no valid signature');
    for (const bad of [text.replace('\n3\n', '\n03\n'), `${text}\n`, text.trimEnd(), `${text}— x\n`, text.slice(0, -3)])
      expect(() => openCheckpoint(bad, parseVkey(trusted))).toThrow(/malformed|not a signed note|canonical/);
  });

  it('counts beside the signature of a witness, and not when it is of another log', () => {
    const root = Buffer.alloc(32, 1);
    const witness = noteSigner('witness.example', generateNoteKey());
    const ours = signCheckpoint({ origin: 'hub.example/audit', size: 3, root }, signer);
    const theirs = signCheckpoint({ origin: 'hub.example/audit', size: 3, root }, witness).split('\n\n')[1] ?? '';
    expect(openCheckpoint(`${ours}${theirs}`, parseVkey(trusted)).size).toBe(3);
    const other = signCheckpoint({ origin: 'other', size: 3, root }, signer);
    expect(() => openCheckpoint(other, parseVkey(trusted))).toThrow('of other');
  });
});
