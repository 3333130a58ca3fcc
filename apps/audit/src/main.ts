import { runService } from '#libs/service-kit/run-service.js';

await runService('audit', async () => (await import('./audit.service.js')).audit);
