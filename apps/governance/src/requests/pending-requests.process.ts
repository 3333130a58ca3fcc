import { Injectable } from '@nestjs/common';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { People, type PersonBatch } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import type { AccessRequest } from './access-request.js';
import { type Deciders, LoadDeciders } from './deciders.query.js';

/** Requests that wait for a decision, with their beneficiaries and the people who may decide. */
export interface Pending<Request> {
  readonly open: readonly {
    readonly request: Request;
    readonly asked: Extract<AccessRequest, { readonly status: 'pending' }>;
  }[];
  readonly catalog: CatalogSnapshot;
  readonly batch: PersonBatch;
  readonly people: Deciders;
}

/** Loads everything that the hub needs to decide about open requests, with a constant number of queries. */
@Injectable()
export class PendingRequests {
  constructor(
    private readonly people: People,
    private readonly deciders: LoadDeciders,
  ) {}

  /** The requests that are still open, with the present catalog and people; null where none is open. */
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
