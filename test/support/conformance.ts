import { SchemaValidator } from '#libs/service-kit/openapi/schema-validator.fixtures.js';
import type { Json } from '#libs/service-kit/openapi/schema.js';

interface Documented {
  readonly responses: Readonly<
    Record<
      string,
      { readonly headers?: object; readonly content?: Readonly<Record<string, { readonly schema: Json }>> }
    >
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

interface Given {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What one hub or service says of itself, and whether its answers are so. */
export class Conformance {
  private static readonly known = new Map<string, Promise<Conformance | null>>();
  private readonly validator: SchemaValidator;

  constructor(private readonly document: Document) {
    this.validator = new SchemaValidator(document.components.schemas);
  }

  /**
   * Checks an answer against the API document of who gave it: status, media type, headers, every field of the body.
   * What answered and then died has no document to ask for; its next answers are checked.
   * Benchmarks and the demo are no tests: there nothing is checked, so that they measure the hub alone.
   * @throws Error naming what the document does not have
   */
  static async check(base: string, method: string, path: string, given: Given): Promise<void> {
    if (process.env['JEST_WORKER_ID'] === undefined) return;
    const asked = this.known.get(base) ?? documentAt(base);
    this.known.set(base, asked);
    const conformance = await asked;
    if (conformance === null) this.known.delete(base);
    const faults = conformance?.faults(method, path, given) ?? [];
    if (faults.length > 0)
      throw new Error(
        `${method} ${path} is not as /docs-json says:\n${faults.join('\n')}\n${given.text.slice(0, 2_000)}`,
      );
  }

  /** Empty when the answer is one the document has. */
  faults(method: string, path: string, { status, headers, text }: Given): string[] {
    const route = path.split('?')[0] ?? '';
    if (/^\/(health|docs|docs-json|asyncapi\.json)(\/|$)/.test(route)) return [];
    const documented = this.operation(method, route);
    const media = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    if (documented === null) {
      if (![401, 403, 404, 405].includes(status)) return [`${status} of a route that is not there`];
      return this.bodyFaults({ $ref: '#/components/schemas/Problem' }, media, text);
    }
    const answer = documented.responses[String(status)];
    if (answer === undefined)
      return [`status ${status}: the document has ${Object.keys(documented.responses).join(', ')}`];
    const missing = Object.keys(answer.headers ?? {}).filter((name) => headers.get(name) === null);
    const content = answer.content;
    if (content === undefined) return text === '' ? missing : [`a body with ${status}`];
    const type = content[media];
    if (type === undefined) return [`media type ${media}: the document has ${Object.keys(content).join(', ')}`];
    return [...missing.map((name) => `no header ${name}`), ...this.bodyFaults(type.schema, media, text)];
  }

  private bodyFaults(schema: Json, media: string, text: string): string[] {
    if (!/[/+]json$/.test(media)) return [];
    return this.validator.misfits(JSON.parse(text), schema);
  }

  /** Of the templates that match, the one with the most literal segments. */
  private operation(method: string, path: string): Documented | null {
    const parts = path.split('/');
    const matching = Object.keys(this.document.paths).filter((template) => {
      const wanted = template.split('/');
      return (
        wanted.length === parts.length &&
        wanted.every((part, at) => (part.startsWith('{') ? parts[at] !== '' : part === parts[at]))
      );
    });
    const [best] = matching.sort((a, b) => a.split('{').length - b.split('{').length);
    return (best === undefined ? undefined : this.document.paths[best]?.[method.toLowerCase()]) ?? null;
  }
}

async function documentAt(base: string): Promise<Conformance | null> {
  try {
    return new Conformance((await (await fetch(`${base}/docs-json`)).json()) as Document);
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}
