import { defineConfig } from 'vite';

const gateway = process.env['GATEWAY_URL'] ?? 'http://localhost:4000';

export default defineConfig({
  // The page and the gateway have one origin, so that the page needs no CORS and the cookie can be strict.
  server: { port: 3000, strictPort: true, proxy: { '/graphql': gateway } },
});
