import { run } from '#libs/service-kit/run.js';
import { startHub } from './start-hub.js';

const welcome = (url: string): string =>
  `\n  The identity hub is ready: ${url}\n  API documents: ${url}/docs\n  A token: npm run --silent token -- me admin\n\n`;

await run('hub', async (settings, logger) => await startHub(settings, logger), welcome);
