import { Module } from '@nestjs/common';
import { FoundAccessConsumer } from './found-access.consumer.js';

/** Access that was found in applications. */
@Module({ providers: [FoundAccessConsumer], exports: [FoundAccessConsumer] })
export class AsFoundModule {}
