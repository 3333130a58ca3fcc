import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/**
 * Lints texts from standard input as if they were files of this repository, with its own configuration, and prints the
 * names of the rules that each breaks. Types are not looked at: the files need not be there.
 * Input: `[{ "path": "apps/…", "text": "…" }]`, output: `[["rule", …], …]`.
 */
async function main(): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const texts = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { path: string; text: string }[];
  const withoutTypes = tseslint.configs.disableTypeChecked as { rules: Record<string, 'off'> };
  const eslint = new ESLint({
    overrideConfig: [{ rules: withoutTypes.rules, languageOptions: { parserOptions: { projectService: false } } }],
  });
  const broken: (string | null)[][] = [];
  for (const { path, text } of texts) {
    const [result] = await eslint.lintText(text, { filePath: path });
    broken.push((result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message));
  }
  process.stdout.write(JSON.stringify(broken));
}

await main();
