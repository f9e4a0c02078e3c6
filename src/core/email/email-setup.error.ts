/** The email options of the application are invalid: a template does not work, or a page address is not a link base. */
export class EmailSetupError extends Error {
  override readonly name = 'EmailSetupError';
}
