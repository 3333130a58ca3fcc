/** What other features of this service may use of this one. */
export { type NamedPackage, namedPerson, type NamedPerson } from './named-person.js';
export { namedPackageAnswer, namedPersonAnswer, titledAnswer } from './names.answers.js';
export { Names } from './names.query.js';
