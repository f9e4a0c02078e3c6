/** The extension of a root field that is open to everybody. */
export const PUBLIC = 'public';
