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

/** Compares the targets of mapping, matching and pull with what the application says that its accounts have. */
@Injectable()
export class KnownTargets {
  constructor(private readonly targets: ConnectorTargets) {}

  /**
   * Asks only where something has changed that the answer depends on. An application that does not answer refuses nothing.
   * @throws InvalidInput naming each stated target that its schemas lack
   */
  async require(id: string, before: ConnectorDocument | null, after: ConnectorDocument): Promise<void> {
    const stated = targetsOf(after);
    if (stated.length === 0 || isDeepStrictEqual(before && asked(before), asked(after))) return;
    const unknown = await this.unknown(id, after);
    const problems = stated.flatMap(({ pointer, target }): ProblemError[] =>
      unknown.has(target) ? [{ pointer, detail: `${target} ${notThere}` }] : [],
    );
    if (problems.length > 0) throw new InvalidInput(problems);
  }

  private async unknown(id: string, document: ConnectorDocument): Promise<ReadonlySet<string>> {
    try {
      const target = this.targets.make(id, document);
      const paths = [...targetsOf(document).map((one) => one.target), ...enterprise];
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

/** Every target that a document states, and where. */
const targetsOf = ({ mapping, matching, pull }: ConnectorDocument): { pointer: string; target: string }[] =>
  Object.entries({ mapping, matching: matching ?? [], pull }).flatMap(([field, entries]) =>
    entries.map(({ target }, index) => ({ pointer: `/${field}/${index}/target`, target })),
  );

/** What the answer of the application depends on. */
const asked = (document: ConnectorDocument): object => {
  const { baseUrl, profile, protocol } = document;
  return { targets: targetsOf(document).map(({ target }) => target), baseUrl, profile, protocol };
};
