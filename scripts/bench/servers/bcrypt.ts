import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import bcrypt from 'bcrypt';

/** The floor of everything with a password: one hash per request, on as many threads as the machine has processors. */
const cost = Number(process.env['BCRYPT_COST']);

const server = createServer((request, response) => {
  request.resume().once('end', () => {
    void bcrypt.hash('correct horse battery staple', cost).then((hash) => {
      response.writeHead(200, { 'content-length': Buffer.byteLength(hash) }).end(hash);
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
process.on('SIGTERM', () => {
  process.exit();
});
