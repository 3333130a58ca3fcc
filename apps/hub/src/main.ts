import { run } from '#libs/service-kit/service/run.js';

const welcome = (url: string): string =>
  `\n  The identity hub is ready: ${url}\n  API documents: ${url}/docs\n  A token: npm run --silent token -- me admin\n\n`;

await run(
  'hub',
  async (settings, logger, stopping) => {
    const { startHub } = await import('./start-hub.js');
    return await startHub(settings, logger, { stopping });
  },
  welcome,
);
