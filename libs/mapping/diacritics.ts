/** Letters that Unicode does not take apart, as Entra's table writes them; đ and þ are not in it. */
const letters: Readonly<Record<string, string>> = {
  æ: 'ae',
  ǣ: 'ae',
  ø: 'oe',
  œ: 'oe',
  ß: 'ss',
  ł: 'l',
  ı: 'i',
  đ: 'd',
  þ: 'th',
  Æ: 'AE',
  Ǣ: 'AE',
  Ø: 'OE',
  Œ: 'OE',
  ẞ: 'SS',
  Ł: 'L',
  Đ: 'D',
  Þ: 'TH',
};

const special = new RegExp(`[${Object.keys(letters).join('')}]`, 'gu');
/** Most names need no more than a look. */
const plain = /^[\u0020-\u007e]*$/;
const marked = /([\p{Script=Latin}])\p{Mn}+/gu;

/** Latin letters without their marks; other scripts stay as they are. */
export function withoutDiacritics(text: string): string {
  if (plain.test(text)) return text;
  return text
    .normalize('NFC')
    .replace(special, (letter) => letters[letter] ?? letter)
    .normalize('NFD')
    .replace(marked, '$1')
    .replace(special, (letter) => letters[letter] ?? letter)
    .normalize('NFC');
}
