import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../../../platform/http/http-errors.js';
import { NOTHING_HERE } from '../../../platform/http/request-check.js';
import { HTML_TYPE } from '../html.js';
import { MailFolder } from './mail-folder.js';
import { MAIL_FRAME_POLICY, MAIL_PAGE_POLICY, MAIL_PATH, mailFrame, mailPage } from './mail-page.js';

interface MailRequest {
  readonly Params: { readonly name: string };
}

/** Adds `/dev/mail`, which shows the emails in a folder. */
export function addMailPreview(app: FastifyInstance, folder: string): void {
  const mails = new MailFolder(folder);
  const answerPage = async (reply: FastifyReply, name?: string): Promise<FastifyReply> => {
    const all = await mails.list();
    const shown = name === undefined ? all[0] : await mails.find(name);
    if (name !== undefined && !shown) throw new HttpError(404, NOTHING_HERE);
    return reply.type(HTML_TYPE).header('content-security-policy', MAIL_PAGE_POLICY).send(mailPage(all, shown));
  };
  app.get(MAIL_PATH, (_request, reply) => answerPage(reply));
  app.get(`${MAIL_PATH}/:name`, (request: FastifyRequest<MailRequest>, reply) =>
    answerPage(reply, request.params.name),
  );
  app.get(`${MAIL_PATH}/:name/html`, async (request: FastifyRequest<MailRequest>, reply) => {
    const mail = await mails.find(request.params.name);
    if (!mail) throw new HttpError(404, NOTHING_HERE);
    return reply.type(HTML_TYPE).header('content-security-policy', MAIL_FRAME_POLICY).send(mailFrame(mail));
  });
}
