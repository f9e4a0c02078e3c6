import { createContext, useContext } from 'react';

/** Whether the screens below are sections of another one, which has their headings. */
export const EmbeddedContext = createContext(false);

export const useIsEmbedded = (): boolean => useContext(EmbeddedContext);
