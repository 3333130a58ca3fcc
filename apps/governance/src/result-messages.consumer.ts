import { Injectable } from '@nestjs/common';
import { FoundAccessConsumer } from './as-found/found-access.consumer.js';
import { ProvisioningResultsConsumer } from './assignments/provisioning-results.consumer.js';

/** What follows from what provisioning tells of people's access: how far it is delivered, and what was found. */
@Injectable()
export class ResultMessages {
  constructor(
    readonly delivered: ProvisioningResultsConsumer,
    readonly found: FoundAccessConsumer,
  ) {}
}
