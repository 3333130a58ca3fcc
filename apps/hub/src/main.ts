import { run, type Running } from '#libs/service-kit/service/run.js';

/** For a person at a terminal; a link that signs in never comes into a log. */
const welcome = ({ url, signIn }: Running): string => {
  const link = signIn === undefined ? '' : `\n  Sign in as administrator, once within 15 minutes: ${signIn}`;
  return `\n  The identity hub is ready: ${url}\n  API documents: ${url}/docs${link}\n  A token: npm run --silent token -- me admin\n\n`;
};

await run(
  'hub',
  async (settings, logger, stopping) => {
    const { startHub } = await import('./start-hub.js');
    return await startHub(settings, logger, { stopping });
  },
  welcome,
);
