import { InvalidInputError } from './errors.js';

/** The input is valid, but what is stored or configured does not allow the change. */
export class StateConflictError extends InvalidInputError {}
