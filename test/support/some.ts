/** What a test goes through. Over an empty list every `expect` in the loop would pass. @throws Error for none */
export function some<T>(elements: Iterable<T>): T[] {
  const all = [...elements];
  if (all.length === 0) throw new Error('there is nothing to go through');
  return all;
}
