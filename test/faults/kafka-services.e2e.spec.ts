import { jest } from '@jest/globals';
import { killsAt } from './crash.suite.js';
import { onKafka } from './on-kafka.js';
import { crashPoints } from './points.js';
import { survivesRedelivery } from './redelivery.suite.js';
import { survivesTheTarget } from './target.suite.js';

jest.setTimeout(240_000);

// Each death costs the consumer groups' session time-out: the points are shared out over two files, which run at once.
await onKafka((world) => {
  killsAt([...crashPoints.services, ...crashPoints.bus, ...crashPoints.kafka], world);
  survivesTheTarget(world);
  survivesRedelivery(world);
});
