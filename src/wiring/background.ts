import type { EntityManager } from '@mikro-orm/postgresql';
import { EVENT_QUEUES, EventDeliveryService } from '../core/events/event-delivery.service.js';
import { OutboxRepository } from '../core/events/outbox.repository.js';
import { HousekeepingRepository } from '../core/housekeeping/housekeeping.repository.js';
import { HOUSEKEEPING_QUEUE, HousekeepingService } from '../core/housekeeping/housekeeping.service.js';
import {
  EmailChangeRequested,
  EmailVerificationRequested,
  PasswordResetLinkRequested,
  PasswordResetRequested,
  VerificationLinkRequested,
} from '../core/events/events.js';
import { LoginAttemptRepository } from '../core/attempts/login-attempt.repository.js';
import { createLinks } from '../core/email/links.js';
import { createMailTemplates } from '../core/email/mail-templates.js';
import type { Mailer } from '../core/email/mailer.js';
import { MailService } from '../core/email/mail.service.js';
import type { Database } from '../platform/database/database.js';
import { JobQueue } from '../platform/jobs/job-queue.js';
import { forkEntityManager } from '../platform/database/orm.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { describeKnownDevice } from '../core/devices/device-name.js';
import { OneTimeTokenRepository } from '../core/one-time-tokens/one-time-token.repository.js';
import { UserRepository } from '../core/users/user.repository.js';
import type { Core } from './core.js';
import { createEmailLimits, createServices } from './services.js';

const OUTBOX_INTERVAL_MS = 500;
/** Longer than the job queue waits for its jobs. A statement may take longer still, above all if nothing answers. */
const STOP_MS = 10_000;

/** Without the links that these events bring, people wait for emails that nobody sends. */
const EVENTS_WITH_LINKS = [EmailVerificationRequested, PasswordResetRequested, EmailChangeRequested];

/** What runs beside the requests: delivery of events, mail, housekeeping. */
export interface Background {
  readonly delivery: EventDeliveryService;
  readonly jobs: Pick<JobQueue, 'migrate' | 'hasPendingMigrations'>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function createBackground(database: Database, core: Core): Background {
  const { bus, clock, logger, tokens } = core;
  const mailer = core.mailer === false ? undefined : core.mailer;
  const em = forkEntityManager(database.requests);
  const services = createServices(em, core);
  const jobs = new JobQueue(database.background, em, [...EVENT_QUEUES, HOUSEKEEPING_QUEUE], logger);
  const unitOfWork = new UnitOfWork(em);
  const outbox = new OutboxRepository(em);
  const delivery = new EventDeliveryService({
    ...{ bus, outbox, unitOfWork, jobs, tokens, clock, logger },
    oneTimeTokens: new OneTimeTokenRepository(em),
    intervalMs: OUTBOX_INTERVAL_MS,
  });
  bus.on(VerificationLinkRequested, (event) => services.tokenMails.onVerificationLinkRequested(event), 'token');
  bus.on(PasswordResetLinkRequested, (event) => services.tokenMails.onPasswordResetLinkRequested(event), 'token');
  if (mailer) createMails(em, mailer, core).listenTo(bus);
  let started = false;
  return {
    delivery,
    jobs,
    async start() {
      if (!started) warnIfNobodyMails(core);
      started = true;
      await jobs.start();
      await delivery.start();
      await createHousekeeping(database, core).start(jobs);
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

function createHousekeeping({ background }: Database, { clock, config }: Core): HousekeepingService {
  return new HousekeepingService(new HousekeepingRepository(forkEntityManager(background)), config, clock);
}

/** Not refused: an application may send its emails by other means, and says so with `mailer: false`. */
function warnIfNobodyMails({ bus, config, logger, mailer }: Core): void {
  if (config.environment !== 'production' || mailer !== undefined) return;
  const unheard = EVENTS_WITH_LINKS.map(({ name }) => name).filter((name) => bus.namesOf(name).length === 0);
  if (unheard.length === 0) return;
  logger.warn(
    { events: unheard },
    'no emails are sent: set `mailer` to createSmtpMailer({ url, from }), listen to these events and send the emails yourself, or set `mailer` to false',
  );
}

function createMails(em: EntityManager, mailer: Mailer, core: Core): MailService {
  const { clock, config } = core;
  const { templatesFolder: folder, productName, ...mail } = config.mail;
  const templates = createMailTemplates({ productName, ...(folder !== undefined && { folder }) });
  const links = createLinks({
    verifyEmail: mail.verifyEmailUrl,
    resetPassword: mail.resetPasswordUrl,
    confirmEmailChange: mail.confirmEmailChangeUrl,
    login: mail.loginUrl,
  });
  return new MailService({
    ...{ mailer, templates, links, clock },
    users: new UserRepository(em),
    limits: createEmailLimits(em, core),
    attempts: new LoginAttemptRepository(em),
    describeDevice: describeKnownDevice,
  });
}
