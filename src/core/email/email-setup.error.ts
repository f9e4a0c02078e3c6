/** The email options of the application are invalid: a template does not work, or a page address is not a link base. */
export class EmailSetupError extends Error {
  override readonly name = 'EmailSetupError';
  /** The file of a template that fails. */
  readonly template: string | undefined;

  constructor(message: string, { template, ...options }: ErrorOptions & { readonly template?: string } = {}) {
    super(message, options);
    this.template = template;
  }
}
