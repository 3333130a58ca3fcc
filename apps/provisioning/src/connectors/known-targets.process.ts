import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { enterpriseSchema } from '#libs/scim/client/resources.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { type Call } from '../targets/targets.exports.js';
import type { ConnectorDocument } from './connector-document.js';
import { ConnectorTargets } from './connector-targets.process.js';

/** A definition waits so long for the application's schemas, in milliseconds. */
const longestMs = 3_000;
const shortly: Call = { operation: null, leftMs: () => longestMs };

/** Compares the targets of a mapping with what the application says that its accounts have. */
@Injectable()
export class KnownTargets {
  constructor(private readonly targets: ConnectorTargets) {}

  /**
   * Asks only where something has changed that the answer depends on. An application that does not answer refuses nothing.
   * @throws InvalidInput naming each stated target that its schemas lack
   */
  async require(id: string, before: ConnectorDocument | null, after: ConnectorDocument): Promise<void> {
    if (after.mapping.length === 0 || isDeepStrictEqual(before && asked(before), asked(after))) return;
    const unknown = await this.unknown(id, after);
    const problems = after.mapping.flatMap(({ target }, index): ProblemError[] =>
      unknown.has(target) ? [{ pointer: `/mapping/${index}/target`, detail: `${target} ${notThere}` }] : [],
    );
    if (problems.length > 0) throw new InvalidInput(problems);
  }

  private async unknown(id: string, document: ConnectorDocument): Promise<ReadonlySet<string>> {
    try {
      const target = this.targets.make(id, document);
      const paths = [...document.mapping.map((entry) => entry.target), ...enterprise];
      const unknown = await target.unknownPaths(paths, shortly).finally(() => target.destroy());
      return new Set(describesEnterprise(unknown ?? []) ? unknown : unknown?.filter((path) => !isEnterprise(path)));
    } catch {
      // Its secret is elsewhere, or its address may not be called from here: the test of the connector tells.
      return new Set();
    }
  }
}

const enterprise = ['employeeNumber', 'costCenter', 'organization', 'division', 'department'].map(
  (name) => `${enterpriseSchema}:${name}`,
);
const isEnterprise = (path: string): boolean => path.toLowerCase().startsWith(`${enterpriseSchema.toLowerCase()}:`);

/** Many applications take the enterprise extension (RFC 7643 §4.3) and do not describe it: that says nothing of its attributes. */
const describesEnterprise = (unknown: readonly string[]): boolean => enterprise.some((path) => !unknown.includes(path));

const notThere =
  'is no attribute of the application’s own schemas: correct it; or, where they are not complete, give "discovery": "none" in profile.switches';

const asked = ({ mapping, baseUrl, profile, protocol }: ConnectorDocument): object => ({
  targets: mapping.map(({ target }) => target),
  baseUrl,
  profile,
  protocol,
});
