import { fileURLToPath } from 'node:url';
import { operations } from './operations.js';
import { runPrograms } from './program.js';
import { startSupergraph } from './supergraph.js';

const gatewayFolder = fileURLToPath(new URL('.data', import.meta.url));
const folder = process.env['DATA_DIR'] ?? gatewayFolder;
const port = process.env['PORT'] ?? '4000';

await runPrograms(async () => {
  const { url, authUrl, postsUrl, ended } = await startSupergraph({ folder, gatewayFolder, port });
  console.log(`\nThe supergraph is listening on ${url}`);
  console.log(`Its subgraphs are auth on ${authUrl} and posts on ${postsUrl}; the data is in ${folder}\n`);
  console.log(`Paste these into a second terminal; Ctrl-C here stops everything.\n\n${operations(url)}`);
  await ended;
});
