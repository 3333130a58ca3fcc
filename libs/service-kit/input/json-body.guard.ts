import type { IncomingMessage } from 'node:http';
import { applyDecorators, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ApiConsumes } from '@nestjs/swagger';
import { plainYaml, YamlFault } from '#libs/text/plain-yaml.js';
import { repeatedName } from '#libs/text/repeated-name.js';
import { InvalidInput, RequestProblem } from '#libs/problems/problem.js';

/** Largest JSON body in bytes. Streams (imports) are not bodies in this sense: their routes read the request. */
const maximumBytes = 1024 * 1024;
/** Deepest nesting of a body: far above any document of ours, far below what overflows a stack. */
const maximumDepth = 64;
/** Most values in a body, each field and list entry counted: far above any document of ours, and checked in milliseconds. */
const maximumValues = 10_000;
/** `RouteParamtypes.BODY`. */
const bodyParam = '3';

const yamlKey = 'hub:takes-yaml';

/** The body may be YAML, too: a document that people write and keep. @see RFC 9512 */
export const TakesYaml = (): MethodDecorator =>
  applyDecorators(SetMetadata(yamlKey, true), ApiConsumes('application/json', 'application/yaml'));

const rawBodies = new WeakMap<object, Buffer>();

/** The body as it came, where a route takes JSON. */
export function rawBodyOf(request: object): Buffer | undefined {
  return rawBodies.get(request);
}

/**
 * Reads the body of routes that declare `@Body()`. A guard, after that of the token, so that a caller without a
 * role cannot make the hub read and parse a megabyte.
 */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!takesBody(context)) return true;
    const request = context.switchToHttp().getRequest<IncomingMessage & { body?: unknown }>();
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
    const takesYaml = Reflect.getMetadata(yamlKey, context.getHandler()) === true;
    const kind = hasBody ? kindOf(request, takesYaml) : 'json';
    const raw = hasBody ? await read(request) : Buffer.alloc(0);
    rawBodies.set(request, raw);
    request.body = raw.length === 0 ? {} : bodyIn(raw, kind);
    return true;
  }
}

function takesBody(context: ExecutionContext): boolean {
  const args: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name);
  return Object.keys(args ?? {}).some((key) => key.startsWith(`${bodyParam}:`));
}

type Kind = 'json' | 'yaml';

/** @throws RequestProblem for a media type that the route does not take */
function kindOf({ headers }: IncomingMessage, takesYaml: boolean): Kind {
  const isPlain = (headers['content-encoding'] ?? 'identity') === 'identity';
  const found = isPlain ? kindIn(headers['content-type'] ?? '') : null;
  if (found === 'json' || (found === 'yaml' && takesYaml)) return found;
  const types = takesYaml ? 'application/json or application/yaml' : 'application/json';
  throw new RequestProblem(415, 'unsupported_media_type', `send the body as ${types} in UTF-8, not compressed`);
}

/** Null for another kind, or another encoding of characters. */
function kindIn(contentType: string): Kind | null {
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset !== undefined && charset !== 'utf-8') return null;
  return (/^application\/(?:[\w.-]+\+)?(json|yaml)$/.exec(type)?.[1] ?? null) as Kind | null;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = (): RequestProblem =>
    new RequestProblem(413, 'too_large', `a body may have at most ${maximumBytes} bytes: send less at a time`);
  if (Number(request.headers['content-length'] ?? 0) > maximumBytes) throw tooLarge();
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maximumBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new RequestProblem(400, 'bad_request', 'the body is incomplete')));
  });
}

function bodyIn(raw: Buffer, kind: Kind): unknown {
  const text = textIn(raw, kind);
  const body = kind === 'json' ? jsonIn(text) : yamlIn(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new InvalidInput([{ pointer: '', detail: `must be ${kind === 'json' ? 'a JSON' : 'an'} object` }]);
  }
  refuseOddShapes(body);
  const repeated = kind === 'json' ? repeatedName(text) : null;
  if (repeated !== null) throw new InvalidInput([{ pointer: repeated, detail: 'is given twice: give it once' }]);
  return body;
}

function textIn(raw: Buffer, kind: Kind): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    throw malformed(kind, '');
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const where = /at position \d+( \(line \d+ column \d+\))?/.exec(error instanceof Error ? error.message : '')?.[0];
    throw malformed('json', where === undefined ? '' : ` ${where}`);
  }
}

function yamlIn(text: string): unknown {
  try {
    return plainYaml(text);
  } catch (error) {
    if (error instanceof YamlFault) throw malformed('yaml', `: ${error.message}`);
    throw error;
  }
}

const malformed = (kind: Kind, where: string): RequestProblem =>
  new RequestProblem(400, `malformed_${kind}`, `the body is not ${kind.toUpperCase()}${where}`);

/** Later code never gets a body that could overflow a stack or reach a prototype. */
function refuseOddShapes(body: object): void {
  let level: [pointer: string, value: object][] = [['', body]];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= maximumDepth)
      throw new InvalidInput([{ pointer: '', detail: `is nested deeper than ${maximumDepth}` }]);
    const next: typeof level = [];
    for (const [pointer, value] of level) {
      const entries = Object.entries(value) as [string, unknown][];
      values += entries.length;
      if (values > maximumValues)
        throw new InvalidInput([{ pointer: '', detail: `has more than ${maximumValues} values: send less at a time` }]);
      next.push(...objectsIn(pointer, entries));
    }
    level = next;
  }
}

function objectsIn(above: string, entries: readonly [string, unknown][]): [pointer: string, value: object][] {
  return entries.flatMap(([name, inner]) => {
    const pointer = `${above}/${name}`;
    if (name === '__proto__') throw new InvalidInput([{ pointer, detail: 'is an unknown field: leave it out' }]);
    return typeof inner === 'object' && inner !== null ? [[pointer, inner] as [string, object]] : [];
  });
}
