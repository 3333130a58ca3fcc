import { checkov, kubernetesSchemas } from './chart-checks.js';
import { tool } from './tools.js';

/** Makes the tools that checks need, before the checks ask for them: `REQUIRE_TOOLS=1 node dist/test/support/tools.main.js`. */
for (const make of [() => tool('kubeconform'), () => tool('promtool'), () => tool('helm'), checkov, kubernetesSchemas])
  await make();
