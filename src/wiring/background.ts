import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuthConfig } from '../config/config.js';
import { EVENT_QUEUES, EventDeliveryService } from '../events/event-delivery.service.js';
import { OutboxRepository } from '../events/outbox.repository.js';
import { HousekeepingRepository } from '../housekeeping/housekeeping.repository.js';
import { HOUSEKEEPING_QUEUE, HousekeepingService } from '../housekeeping/housekeeping.service.js';
import { PasswordResetAsked, VerificationMailAsked } from '../kernel/events.js';
import { createLinks } from '../mail/links.js';
import { createMailTemplates } from '../mail/mail-templates.js';
import type { Mailer } from '../mail/mailer.js';
import { MailService } from '../mail/mail.service.js';
import type { Database } from '../persistence/database.js';
import { JobQueue } from '../persistence/job-queue.js';
import { forkEntityManager } from '../persistence/orm.js';
import { UnitOfWork } from '../persistence/unit-of-work.js';
import { describeDevice } from '../sessions/device-name.js';
import { UserRepository } from '../users/user.repository.js';
import type { Core } from './core.js';
import { createServices } from './services.js';

const OUTBOX_INTERVAL_MS = 500;
/** Longer than the job queue waits for its jobs. A statement may take longer still, above all if nothing answers. */
const STOP_MS = 10_000;

/** What runs beside the requests: delivery of events, mail, housekeeping. */
export interface Background {
  readonly delivery: EventDeliveryService;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createBackground(database: Database, core: Core): Background {
  const { bus, clock, config, logger, mailer, tokens } = core;
  const em = forkEntityManager(database.requests);
  const services = createServices(em, core);
  const rows = new HousekeepingRepository(forkEntityManager(database.background));
  const housekeeping = new HousekeepingService(rows, config, clock);
  const jobs = new JobQueue(database.background, em, [...EVENT_QUEUES, HOUSEKEEPING_QUEUE], logger);
  const unitOfWork = new UnitOfWork(em);
  const outbox = new OutboxRepository(em);
  const delivery = new EventDeliveryService({
    ...{ bus, outbox, unitOfWork, jobs, tokens, logger },
    intervalMs: OUTBOX_INTERVAL_MS,
  });
  bus.on(VerificationMailAsked, (event) => services.tokenMails.onVerificationMailAsked(event), 'token');
  bus.on(PasswordResetAsked, (event) => services.tokenMails.onPasswordResetAsked(event), 'token');
  if (mailer) createMails(em, mailer, config).listenTo(bus);
  let started = false;
  return {
    delivery,
    async start() {
      started = true;
      await jobs.start();
      await delivery.start();
      await housekeeping.start(jobs);
    },
    async stop() {
      const shut = setTimeout(() => database.shut(), STOP_MS);
      try {
        if (started) await delivery.stop();
        await jobs.stop();
      } finally {
        clearTimeout(shut);
      }
      await mailer?.close?.();
    },
  };
}

function createMails(em: EntityManager, mailer: Mailer, config: AuthConfig): MailService {
  const { templatesFolder: folder, productName, ...mail } = config.mail;
  const templates = createMailTemplates({ productName, ...(folder !== undefined && { folder }) });
  const links = createLinks({
    verifyEmail: mail.verifyEmailUrl,
    resetPassword: mail.resetPasswordUrl,
    confirmEmailChange: mail.confirmEmailChangeUrl,
    login: mail.loginUrl,
  });
  return new MailService({ users: new UserRepository(em), mailer, templates, links, config, describeDevice });
}
