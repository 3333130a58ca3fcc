import { jest } from '@jest/globals';
import { killsAt } from './crash.suite.js';
import { onKafka } from './on-kafka.js';
import { crashPoints } from './points.js';

jest.setTimeout(240_000);

await onKafka((world) => killsAt(crashPoints.provisioning, world));
