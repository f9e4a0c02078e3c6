export const EMAIL_PARTS = ['subject', 'text', 'html'] as const;
export type EmailPart = (typeof EMAIL_PARTS)[number];

/** The eta sources of one email. `<%= it.link %>` prints a value, escaped in HTML only. */
export type EmailTemplate = Readonly<Record<EmailPart, string>>;

/** `Hello Ada,`, or `Hello,` for a user without a name. */
export const GREETING = `Hello<%= it.name === null ? '' : ' ' + it.name %>,`;

/** A page for small screens, dark mode and screen readers. It loads nothing, so opening it cannot be tracked. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body style="max-width: 36em; margin: 0 auto; padding: 1.5em; font: 16px/1.5 system-ui, sans-serif">
<main>
<p>${GREETING}</p>
${body}
<p><%= it.productName %></p>
</main>
</body>
</html>
`;
}

/** A link to click, and its address to copy for mail programs that do not show links. */
export function htmlLink(label: string, value: string): string {
  return `<p><a href="<%= it.${value} %>"><strong>${label}</strong></a></p>
<p>If that does not work, copy this address into your browser:<br><span style="overflow-wrap: anywhere"><%= it.${value} %></span></p>`;
}
