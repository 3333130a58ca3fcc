import { Module } from '@nestjs/common';
import { AccessRulesConsumer } from './access-rules.consumer.js';
import { AccessRules } from './access-rules.query.js';
import { BrakeSettings, brakeSettings } from './brake.config.js';
import { Brake } from './brake.query.js';

/** Holds statements of a source that affects too many people at once. */
@Module({
  providers: [AccessRulesConsumer, AccessRules, Brake, { provide: BrakeSettings, useFactory: () => brakeSettings() }],
  exports: [AccessRules, Brake, BrakeSettings],
})
export class BrakeModule {}
