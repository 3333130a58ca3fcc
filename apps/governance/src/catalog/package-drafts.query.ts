import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import { OwnedPackages } from '../people/people.exports.js';
import type { AccessPackage } from '../policy/policy.exports.js';
import type { SeenDrafts } from './catalog-documents.query.js';
import { DraftNotOwned, PublishedByAdministrators } from './catalog.errors.js';

/** Who owns applications drafts packages of what is theirs. Policy administrators publish them, and change what is published. */
@Injectable()
export class PackageDrafts {
  constructor(private readonly owned: OwnedPackages) {}

  /** @throws DraftNotOwned, PublishedByAdministrators */
  async requireMayDefine(caller: Caller, packageId: string, document: AccessPackage): Promise<void> {
    if (caller.roles.includes('policy-admin')) return;
    if (document.status !== 'draft')
      throw new PublishedByAdministrators(
        'a policy administrator publishes packages: send it with the status draft, and ask for its publication',
        { packageId },
      );
    if (!(await this.owned.mayDraft(caller, packageId, document)))
      throw new DraftNotOwned(
        'a draft is written by who owns every application in which it grants, every package that it includes, and the draft that is there: ask a policy administrator',
        { packageId },
      );
  }

  /** Which drafts a caller sees: all, or those with these ids. */
  async seenBy(caller: Caller): Promise<SeenDrafts> {
    const seesAll = caller.roles.some((role) => role !== 'requester' && role !== 'approver');
    return seesAll ? 'all' : await this.owned.defined(caller);
  }
}
