/** A command was given the name of something that does not exist. */
export class NothingFoundError extends Error {
  override readonly name = 'NothingFoundError';
}
