import { InvalidInputError } from '../errors/errors.js';

/** No account has the given address or id. */
export class UnknownAccountError extends InvalidInputError {
  constructor(field: string, message = 'No account has this address or id.') {
    super(field, message);
  }
}
