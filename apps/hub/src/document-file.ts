import { readFile } from 'node:fs/promises';
import { plainYaml, YamlFault } from '#libs/text/plain-yaml.js';

/** What a file says that holds a document as JSON or, by its name, as YAML. @throws Error naming the file and the place */
export async function documentFile(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  const isYaml = /\.ya?ml$/i.test(file);
  try {
    return isYaml ? plainYaml(text) : (JSON.parse(text) as unknown);
  } catch (error) {
    if (!(error instanceof YamlFault || error instanceof SyntaxError)) throw error;
    throw new Error(`${file} is not ${isYaml ? 'YAML' : 'JSON'}: ${error.message}`, { cause: error });
  }
}
