import type { NoticeKind, NoticeSubject } from './notice.js';

/** Who is told, as far as the text depends on it. */
export interface Reader {
  /** BCP 47, as HR states it; null: English. */
  readonly language: string | null;
  /** IANA name. */
  readonly zone: string;
}

/** The names of what a notice is about. */
export interface NoticeNames {
  readonly package: string;
  readonly application: string;
  readonly person: string;
  readonly review: string;
}

export interface NoticeText {
  readonly subject: string;
  readonly text: string;
}

type Words = Readonly<Record<NoticeKind, readonly [subject: string, text: string]>> & {
  readonly outcomes: Readonly<Record<NonNullable<NoticeSubject['outcome']>, string>>;
  readonly open: string;
};

const en: Words = {
  'approval-waiting': ['{person} asks for {package}', '{person} asks for {package}. You may decide on it.'],
  'approval-escalated': [
    '{person} asks for {package}: it is for you now',
    'Others did not or could not decide whether {person} gets {package}. You may decide on it now.',
  ],
  'request-decided': ['{package} for {person}: {outcome}', 'The request of {package} for {person} was {outcome}.'],
  'access-delivered': ['{package} is ready', 'The applications have confirmed {package} for {person}.'],
  'access-failed': [
    '{package} could not be delivered',
    'An application refused {package} for {person}. Its administrators have to act.',
  ],
  'access-starts': ['{package} starts soon', '{package} for {person} starts on {date}.'],
  'access-expiring': ['{package} ends soon', '{package} for {person} ends on {date}, unless it is extended.'],
  succession: [
    '{person} has left: what they were responsible for',
    '{person} has left and owns applications or approves packages. Please have somebody else named.',
  ],
  'review-waiting': [
    '{person} has {package}: do they keep it?',
    '{person} has moved, or is not eligible any more, and has {package}. It ends on {date}, unless you keep it.',
  ],
  'contract-ending': [
    'The contract of {person} ends soon',
    '{person} works here until {date}, and leaves then unless HR extends it. You are the sponsor.',
  ],
  'sponsor-passed': [
    'You are the sponsor of {person} now',
    'The former sponsor of {person} has left. You answer for {person} now, until HR names somebody else.',
  ],
  'connector-needs-person': [
    '{application} refused a change',
    '{application} refused a change of the account of {person}, and it will not be tried again. Somebody has to act.',
  ],
  'exposure-opened': [
    '{application}: access that should have ended',
    'Access in {application} should have ended, for example that of {person}, and is not confirmed gone. It must be by {date}.',
  ],
  'exposure-overdue': [
    '{application}: access should have ended, and the deadline is over',
    'Access in {application} should have ended by {date}, for example that of {person}, and is still not confirmed gone. Somebody has to act.',
  ],
  'task-given': [
    '{application}: a change for {person} to make by hand',
    '{application} has no API. Please make a change for {person} there by {date}, and confirm it.',
  ],
  'task-waiting': [
    '{application}: a change for {person} waits',
    'A change for {person} in {application} is to be made by hand by {date}, and nobody has confirmed it. Please make and confirm it, or say why not.',
  ],
  'list-stale': [
    '{application}: its list of accounts is too old',
    'Please upload a new list of the accounts of {application}: what the hub knows of it is too old.',
  ],
  'campaign-waiting': [
    '{review}: you are asked to review access',
    'The review {review} asks you whether people keep their access. Please answer by {date}.',
  ],
  'campaign-reminder': [
    '{review}: access waits for your answer',
    'The review {review} ends on {date}, and access still waits for your answer.',
  ],
  'workflow-step': ['{person}: {message}', '{message}\n\nThis is about {person}.'],
  'certification-waiting': [
    '{application}: access that nobody approved',
    'A reading of {application} found access that was there before the hub, for example that of {person}. Please certify or revoke it by {date}.',
  ],
  'certification-overdue': [
    '{application}: found access waits for an answer, and its date is over',
    'Access that was found in {application}, for example that of {person}, should have been certified or revoked by {date}. Please do so now.',
  ],
  outcomes: { approved: 'approved', denied: 'denied', expired: 'not decided in time', cancelled: 'cancelled' },
  open: 'Open it (you have to sign in): {link}',
};

const de: Words = {
  'approval-waiting': ['{person} beantragt {package}', '{person} beantragt {package}. Sie können darüber entscheiden.'],
  'approval-escalated': [
    '{person} beantragt {package}: jetzt bei Ihnen',
    'Andere haben nicht entschieden, ob {person} {package} bekommt. Jetzt können Sie darüber entscheiden.',
  ],
  'request-decided': ['{package} für {person}: {outcome}', 'Der Antrag auf {package} für {person} wurde {outcome}.'],
  'access-delivered': ['{package} ist bereit', 'Die Anwendungen haben {package} für {person} bestätigt.'],
  'access-failed': [
    '{package} konnte nicht eingerichtet werden',
    'Eine Anwendung hat {package} für {person} abgelehnt. Ihre Administratoren müssen handeln.',
  ],
  'access-starts': ['{package} beginnt bald', '{package} für {person} beginnt am {date}.'],
  'access-expiring': ['{package} endet bald', '{package} für {person} endet am {date}, wenn es nicht verlängert wird.'],
  succession: [
    '{person} ist ausgeschieden: Nachfolge',
    '{person} ist ausgeschieden und besitzt Anwendungen oder genehmigt Pakete. Bitte lassen Sie jemand anderen eintragen.',
  ],
  'review-waiting': [
    '{person} hat {package}: soll es dabei bleiben?',
    '{person} hat gewechselt oder erfüllt die Bedingungen nicht mehr und hat {package}. Es endet am {date}, wenn Sie es nicht behalten.',
  ],
  'contract-ending': [
    'Der Vertrag von {person} endet bald',
    '{person} arbeitet hier bis {date} und scheidet dann aus, wenn die Personalabteilung nicht verlängert. Sie bürgen für {person}.',
  ],
  'sponsor-passed': [
    'Sie bürgen jetzt für {person}',
    'Wer für {person} gebürgt hat, ist ausgeschieden. Jetzt bürgen Sie, bis die Personalabteilung jemand anderen nennt.',
  ],
  'connector-needs-person': [
    '{application} hat eine Änderung abgelehnt',
    '{application} hat eine Änderung am Konto von {person} abgelehnt; sie wird nicht wiederholt. Jemand muss handeln.',
  ],
  'exposure-opened': [
    '{application}: Zugriff, der beendet sein sollte',
    'In {application} sollte Zugriff beendet sein, zum Beispiel der von {person}; das ist nicht bestätigt. Frist: {date}.',
  ],
  'exposure-overdue': [
    '{application}: Zugriff sollte beendet sein, die Frist ist abgelaufen',
    'In {application} sollte Zugriff bis {date} beendet sein, zum Beispiel der von {person}; das ist noch nicht bestätigt. Jemand muss handeln.',
  ],
  'task-given': [
    '{application}: eine Änderung für {person} von Hand',
    '{application} hat keine Schnittstelle. Bitte nehmen Sie dort bis {date} eine Änderung für {person} vor und bestätigen Sie sie.',
  ],
  'task-waiting': [
    '{application}: eine Änderung für {person} wartet',
    'Eine Änderung für {person} in {application} ist bis {date} von Hand vorzunehmen, und niemand hat sie bestätigt. Bitte nehmen Sie sie vor und bestätigen Sie sie, oder sagen Sie, warum nicht.',
  ],
  'list-stale': [
    '{application}: die Liste der Konten ist zu alt',
    'Bitte laden Sie eine neue Liste der Konten von {application} hoch: was darüber bekannt ist, ist zu alt.',
  ],
  'campaign-waiting': [
    '{review}: Sie prüfen Zugriffe',
    'Die Prüfung {review} fragt Sie, ob Personen ihren Zugriff behalten. Bitte antworten Sie bis {date}.',
  ],
  'campaign-reminder': [
    '{review}: Zugriffe warten auf Ihre Antwort',
    'Die Prüfung {review} endet am {date}, und Zugriffe warten noch auf Ihre Antwort.',
  ],
  'workflow-step': ['{person}: {message}', '{message}\n\nEs geht um {person}.'],
  'certification-waiting': [
    '{application}: Zugriff, den niemand genehmigt hat',
    'In {application} wurde Zugriff gefunden, der älter als das System ist, zum Beispiel der von {person}. Bitte bestätigen oder entziehen Sie ihn bis {date}.',
  ],
  'certification-overdue': [
    '{application}: gefundener Zugriff wartet, die Frist ist abgelaufen',
    'Zugriff, der in {application} gefunden wurde, zum Beispiel der von {person}, war bis {date} zu bestätigen oder zu entziehen. Bitte holen Sie das nach.',
  ],
  outcomes: {
    approved: 'genehmigt',
    denied: 'abgelehnt',
    expired: 'nicht rechtzeitig entschieden',
    cancelled: 'abgebrochen',
  },
  open: 'Öffnen (Anmeldung nötig): {link}',
};

const languages: ReadonlyMap<string, Words> = new Map([
  ['en', en],
  ['de', de],
]);

/** The text of a notice in the reader's language, with dates in the reader's zone. Null: no link is configured. */
export function noticeText(
  kind: NoticeKind,
  about: NoticeSubject,
  names: NoticeNames,
  { language, zone }: Reader,
  link: string | null,
): NoticeText {
  const code = (language ?? 'en').split('-')[0]?.toLowerCase() ?? 'en';
  const words = languages.get(code) ?? en;
  const [subject, text] = words[kind];
  const values = {
    ...names,
    ...told(about, words, (date) => dateIn(date, words === en ? 'en' : code, zone)),
    link: link ?? '',
  };
  const body = filled(text, values);
  return {
    subject: shortened(filled(subject, values).replace(/\s+/g, ' ')),
    text: link === null ? `${body}\n` : `${body}\n\n${filled(words.open, values)}\n`,
  };
}

/** What a notice leads to: the first of these that it is about. */
const places = [
  ['requests', 'request'],
  ['assignments', 'assignment'],
  ['reviews', 'review'],
  ['exposures', 'exposure'],
  ['tasks', 'task'],
  ['applications', 'application'],
  ['identities', 'person'],
] as const;

/** What a notice is about, in words; empty where it is not about that. */
const told = (
  { outcome, date, message = '' }: NoticeSubject,
  { outcomes }: Words,
  dateOf: (instant: string) => string,
): Readonly<Record<'outcome' | 'date' | 'message', string>> => ({
  outcome: outcome === undefined ? '' : outcomes[outcome],
  date: date === undefined ? '' : dateOf(date),
  message,
});

/** The address of what a notice is about, from a template with {kind} and {id}; null without template. */
export function noticeLink(template: string | null, about: NoticeSubject): string | null {
  if (template === null) return null;
  const [kind, field] = places.find(([, name]) => about[name] !== undefined) ?? ['identities', 'person'];
  return template.replaceAll('{kind}', kind).replaceAll('{id}', encodeURIComponent(about[field] ?? ''));
}

function dateIn(instant: string, language: string, zone: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: zone }).format(
    new Date(instant),
  );
}

/** Of a subject that somebody wrote, as far as mail programs show it. */
const longestSubject = 150;
const shortened = (text: string): string =>
  text.length <= longestSubject ? text : `${text.slice(0, longestSubject - 1)}…`;

const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
