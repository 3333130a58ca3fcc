import anyAscii from 'any-ascii';

/**
 * A text in the letters of ASCII: the marks of Latin letters are left out, other scripts are written as they are spoken.
 * Characters that nobody speaks are left out.
 */
export const inLatinLetters = (text: string): string => anyAscii(text.normalize('NFC'));
