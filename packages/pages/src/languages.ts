import { de, en, es, fr, type Messages } from '@auth-subgraph/ui';

/** The texts that only these pages have. */
interface PageTexts {
  readonly notFoundTitle: string;
  readonly notFound: string;
  readonly incompleteLink: string;
}

export interface Language {
  readonly messages: Messages;
  readonly texts: PageTexts;
  /** The tag of the browser, such as `de-CH`. */
  readonly locale: string;
}

const TEXTS = {
  en: {
    notFoundTitle: 'Page not found',
    notFound: 'There is no page at this address.',
    incompleteLink: 'The link is incomplete. Open it from the email again.',
  },
  de: {
    notFoundTitle: 'Seite nicht gefunden',
    notFound: 'Unter dieser Adresse gibt es keine Seite.',
    incompleteLink: 'Der Link ist unvollständig. Öffnen Sie ihn noch einmal aus der E-Mail.',
  },
  fr: {
    notFoundTitle: 'Page introuvable',
    notFound: 'Il n’y a pas de page à cette adresse.',
    incompleteLink: 'Le lien est incomplet. Ouvrez-le de nouveau depuis l’e-mail.',
  },
  es: {
    notFoundTitle: 'Página no encontrada',
    notFound: 'No hay ninguna página en esta dirección.',
    incompleteLink: 'El enlace está incompleto. Vuelve a abrirlo desde el correo.',
  },
} satisfies Readonly<Record<string, PageTexts>>;

const LANGUAGES = [
  { messages: en, texts: TEXTS.en },
  { messages: de, texts: TEXTS.de },
  { messages: fr, texts: TEXTS.fr },
  { messages: es, texts: TEXTS.es },
];

/** Some browsers report what `Intl` rejects, such as `en-US@posix`. */
function isTag(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length > 0;
  } catch {
    return false;
  }
}

/** The first language of the browser that the pages have, or English. */
export function languageFor(wanted: readonly string[]): Language {
  for (const locale of wanted) {
    const language = LANGUAGES.find(({ messages }) => messages.locale === locale.toLowerCase().split('-')[0]);
    if (language) return { ...language, locale: isTag(locale) ? locale : language.messages.locale };
  }
  return { messages: en, texts: TEXTS.en, locale: en.locale };
}
