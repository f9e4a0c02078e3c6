/** Emails cannot be sent as the application has set them up: a template does not work, or a page has no usable address. */
export class EmailSetupError extends Error {
  override readonly name = 'EmailSetupError';
}
