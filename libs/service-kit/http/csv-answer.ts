import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/**
 * A CSV file as the answer of a route. Its first line is read before the answer begins: what fails until then is answered with a
 * problem document.
 * @param name of the file, without its ending
 */
export async function csvAnswer(lines: AsyncIterable<string>, name: string): Promise<StreamableFile> {
  const rest = lines[Symbol.asyncIterator]();
  const first = await rest.next();
  const all = async function* (): AsyncGenerator<string> {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => rest };
  };
  return new StreamableFile(Readable.from(all()), {
    type: 'text/csv',
    disposition: `attachment; filename="${name}.csv"`,
  });
}
