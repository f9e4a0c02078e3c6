import { InvalidInputError } from '../errors/errors.js';

/** A search took too long. */
export class SearchTooSlowError extends InvalidInputError {
  constructor() {
    super('search', 'Takes too long. Narrow the search.');
  }
}
