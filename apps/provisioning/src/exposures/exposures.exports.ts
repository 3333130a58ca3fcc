export { Exposures } from './exposures.stream.js';
