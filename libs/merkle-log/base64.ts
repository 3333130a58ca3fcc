/** Decodes standard base64 with padding, strictly: any other spelling of the same bytes is refused. @throws Error naming `what` */
export function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Error(`${what} is not canonical base64`);
  return bytes;
}
