import type { ReactElement } from 'react';

interface Props {
  readonly title: string;
  readonly text: string;
  /** Where the link leads. */
  readonly link: { readonly href: string; readonly label: string };
}

/** A page that only says something. It looks like the screens of `@auth-subgraph/ui`. */
export function Message({ title, text, link }: Props): ReactElement {
  return (
    <section data-auth-part="screen" data-auth-screen="message" aria-labelledby="message">
      <div data-auth-part="header">
        <h1 data-auth-part="title" id="message" tabIndex={-1}>
          {title}
        </h1>
        <p data-auth-part="text">{text}</p>
      </div>
      <a data-auth-part="button" data-variant="primary" href={link.href}>
        {link.label}
      </a>
    </section>
  );
}
