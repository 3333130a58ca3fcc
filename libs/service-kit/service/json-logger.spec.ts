import { causationOf } from '#libs/auth/caller.js';
import { traced, tracedRequest } from '#libs/system/traceparent.js';
import { JsonLogger } from './json-logger.js';

function logged(write: (logger: JsonLogger) => void): string[] {
  const lines: string[] = [];
  write(new JsonLogger('spec', { write: (line) => void lines.push(line) }));
  return lines;
}

describe('the log', () => {
  it('has one line for each entry, whatever is in it', () => {
    const lines = logged((logger) => logger.log('a\r\n{"level":30,"msg":"forged"}', 'Context'));
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd().split(/[\r\n]/)).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      service: 'spec',
      context: 'Context',
      msg: 'a\r\n{"level":30,"msg":"forged"}',
    });
  });

  const correlationOf = ([line = '']: readonly string[]): unknown =>
    (JSON.parse(line) as { correlationId?: string }).correlationId;

  it('names the correlation id of the work that writes a line, as its calls and facts do', async () => {
    const [correlationId, parent] = ['0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002'];
    const lines = await traced(correlationId, parent, () => Promise.resolve(logged((logger) => logger.log('called'))));
    expect(correlationOf(lines)).toBe(correlationId);
    expect(correlationOf(logged((logger) => logger.log('idle')))).toBeUndefined();
  });

  it('names the correlation id of what a request causes, and of no other request', () => {
    tracedRequest(() => {
      expect(correlationOf(logged((logger) => logger.log('before')))).toBeUndefined();
      const { correlationId } = causationOf({ actor: 'identity/ada' });
      expect(correlationOf(logged((logger) => logger.log('after')))).toBe(correlationId);
      tracedRequest(() => expect(correlationOf(logged((logger) => logger.log('other')))).toBeUndefined());
    });
  });

  it('does not repeat the value that a database error quotes', () => {
    const error = Object.assign(new Error('invalid input syntax for type uuid: "Ada "the" Lovelace"'), {
      code: '22P02',
    });
    const [line = ''] = logged((logger) => logger.error(error, 'Store'));
    expect(line).not.toContain('Lovelace');
    expect(line).toContain('invalid input syntax for type uuid');
  });

  it('keeps statements, parameters and row details of database errors to itself', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (name)=(Lovelace)',
      parameters: ['Lovelace'],
      query: "insert 'Lovelace'",
      cause: new Error('below'),
    });
    const [line = ''] = logged((logger) => logger.error(error, 'Store'));
    expect(line).not.toContain('Lovelace');
    expect(JSON.parse(line)).toMatchObject({
      msg: 'duplicate key',
      err: { code: '23505', cause: { message: 'below' } },
    });
  });
});
