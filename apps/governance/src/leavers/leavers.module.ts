import { Module } from '@nestjs/common';
import { RequestsModule } from '../requests/requests.exports.js';
import { LeaversSweep } from './leavers-sweep.process.js';

/** What follows when people leave, and the check that it has. */
@Module({ imports: [RequestsModule], providers: [LeaversSweep] })
export class LeaversModule {}
