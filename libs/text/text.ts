/** Rules for text from outside, pure. They clean text on entry, and define how keys and filters compare characters. */

const unshowable = /[\p{Cc}--[\t\n\r]]/gv;
const blank = /\p{White_Space}/gu;
/** Controls, format characters and everything a reader does not see; U+2800 is a braille cell without dots. */
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const ascii = /^[\0-\x7f]*$/;
const folding = /\p{Changes_When_Casefolded}/gu;
const oneCharacter = /^.$/su;
/** Most keys: nothing to do. */
const plainKey = /^[!-~]*$/;

/** Whether this is Unicode that PostgreSQL can hold: no half of a surrogate pair, no U+0000. */
export const isWellFormedText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/**
 * Turns any text into one that can be stored and shown: half a surrogate pair and control characters other than tab and
 * line ends become U+FFFD. For text that people read; the ids of applications are opaque and stay as they are.
 */
export const cleanText = (text: string): string => text.toWellFormed().replace(unshowable, '\ufffd');

/**
 * The one form of a key: NFC, no blanks around it, each blank in it a plain space, no invisible or control characters.
 * Two keys are the same exactly when their canonical forms are. Empty when nothing visible is left; case is kept.
 */
export const canonicalKey = (text: string): string =>
  plainKey.test(text) ? text : text.replace(blank, ' ').replace(invisible, '').normalize('NFC').trim();

/**
 * The comparison key of a text without case: Unicode's simple case folding (one character to one), on the canonical
 * decomposition, composed again. NFC and NFD fold alike; so do Σ, σ and ς, and ẞ and ß. ß is not ss, and the dotless ı
 * is not i, whatever the locale.
 *
 * @see Unicode Standard §3.13.5, D145 (canonical caseless match)
 */
export function foldText(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return text.normalize('NFD').replace(folding, foldCharacter).normalize('NFC');
}

/**
 * The form in which filters compare texts: folded, each blank a plain space, without what a reader does not see. So a
 * rule finds the department that looks as it is written, however HR typed it. Not for names of groups and accounts,
 * which applications tell apart.
 */
export function searchForm(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return text.normalize('NFD').replace(searched, searchCharacter).normalize('NFC');
}

const searched = /[\p{Changes_When_Casefolded}\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const wholeBlank = /^\p{White_Space}$/u;
const wholeInvisible = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]$/u;

function searchCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  // Beyond the last script with cases are only tags and rare selectors, and too many of them for a parameter of SQL.
  if (point > lastCased || (point < 0x80 && !isCapital(point))) return character;
  if (wholeBlank.test(character)) return ' ';
  return wholeInvisible.test(character) ? '' : foldCharacter(character);
}

const isCapital = (point: number): boolean => point >= 0x41 && point <= 0x5a;

let forms: Readonly<Record<string, string>> | undefined;

/** What `searchForm` makes of single characters in canonical decomposition, for those it changes: so that SQL does alike. */
export function characterForms(): Readonly<Record<string, string>> {
  forms ??= Object.fromEntries(formsOfEveryCharacter());
  return forms;
}

/** Beyond it no script has cases. */
const lastCased = 0x1ffff;

function* formsOfEveryCharacter(): Generator<[string, string]> {
  for (let point = 0; point <= lastCased; point += 1) {
    const character = String.fromCodePoint(point);
    const form = character.replace(searched, searchCharacter);
    if (form !== character && character.normalize('NFD') === character) yield [character, form];
  }
}

/** Orders by code point, as PostgreSQL's collation "C" does; negative, 0 or positive. */
export function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Of a UTF-16 unit: surrogates stand for code points above all others. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** The first characters of a text, at most `max` UTF-16 units of it; never half a surrogate pair. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const within = text.slice(0, Math.max(0, max));
  return isHighSurrogate(within.charCodeAt(within.length - 1)) ? within.slice(0, -1) : within;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Of one that folding changes: the small letter of its capital, so that σ and ς are one, and ſ and s. Cherokee's small
 * letters, and only they, fold into capitals.
 */
function foldCharacter(character: string): string {
  const capital = character.toUpperCase();
  const small = capital.toLowerCase();
  if (!oneCharacter.test(small)) return character.toLowerCase();
  return small === character ? capital : small;
}
