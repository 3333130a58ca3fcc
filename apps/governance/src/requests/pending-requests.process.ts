import { Injectable } from '@nestjs/common';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { People, type PersonBatch } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import type { AccessRequest } from './access-request.js';
import { type Deciders, LoadDeciders } from './deciders.query.js';

/** Requests that wait for a decision, with the people of whom they tell and those who may decide. */
export interface Pending<Request> {
  readonly open: readonly {
    readonly request: Request;
    readonly asked: Extract<AccessRequest, { readonly status: 'pending' }>;
  }[];
  readonly catalog: CatalogSnapshot;
  readonly batch: PersonBatch;
  readonly people: Deciders;
}

/** Loads what a decision of the hub itself about open requests is made under, whatever their number by the same queries. */
@Injectable()
export class PendingRequests {
  constructor(
    private readonly people: People,
    private readonly deciders: LoadDeciders,
  ) {}

  /** Of these requests those that are still open, as everything is now; null where none is. */
  async among<Request extends Loaded<AccessRequest>>(
    loaded: readonly Request[],
    at: string,
  ): Promise<Pending<Request> | null> {
    const open = loaded.flatMap((request) =>
      request.state.status === 'pending' ? [{ request, asked: request.state }] : [],
    );
    if (open.length === 0) return null;
    const { catalog, batch } = await this.people.today({ ids: open.map(({ asked }) => asked.request.beneficiaryId) });
    const needed = open.map(({ asked: { stages, applications, approverIds, request } }) => ({
      beneficiary: batch.get(request.beneficiaryId),
      stages,
      applications,
      others: approverIds ?? [],
    }));
    return { open, catalog, batch, people: await this.deciders.for(needed, catalog, at) };
  }
}
