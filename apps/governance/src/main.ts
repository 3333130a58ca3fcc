import { runService } from '#libs/service-kit/service/run-service.js';

await runService('governance', async () => (await import('./governance.service.js')).governance);
