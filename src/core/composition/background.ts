import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../platform/database/database.js';
import { forkEntityManager } from '../../platform/database/orm.js';
import { JobQueue } from '../../platform/jobs/job-queue.js';
import { developmentMailSettings } from '../email/development-settings.js';
import { EmailService } from '../email/email.service.js';
import { createEmailTemplates, type EmailTemplates } from '../email/email-templates.js';
import type { Mailer } from '../email/mailer.js';
import { linksIn, requireLinkBases } from '../email/links.js';
import { EventDeliveryService } from '../events/event-delivery.service.js';
import { EVENT_QUEUES } from '../events/event-queues.js';
import { EventRelayService } from '../events/event-relay.service.js';
import { NameKeyRepository } from '../users/name-key.repository.js';
import { HousekeepingRepository } from '../housekeeping/housekeeping.repository.js';
import { HOUSEKEEPING_QUEUE, HousekeepingService } from '../housekeeping/housekeeping.service.js';
import type { CoreConfig } from './core.options.js';
import type { Core } from './core.js';
import type { ServicePorts } from './ports.js';
import { emailsOf, listenersOf, upkeepTasksOf } from './feature-parts.js';
import type { Feature } from './feature.js';

/** Longer than the job queue waits for its jobs. A single statement may take longer, especially if the database does not respond. */
const STOP_MS = 10_000;
/** How long a mailer may take to close. The job queue has already waited for its emails. */
const MAILER_CLOSE_MS = 5_000;

/** Work outside of requests: event delivery, emails and housekeeping. */
export interface Background {
  readonly delivery: EventDeliveryService;
  readonly jobs: Pick<JobQueue, 'migrate' | 'hasPendingMigrations'>;
  /** Starts once the check has passed. */
  start(check: () => Promise<void>): Promise<void>;
  /** Waits for a start that has begun; a later one fails. */
  stop(): Promise<void>;
}

export interface BackgroundParts {
  readonly database: Database;
  readonly features: readonly Feature[];
  readonly housekeeping: HousekeepingService;
  readonly emailTemplates: EmailTemplates | undefined;
}

export function createBackground(
  core: Core,
  { database, emailTemplates, features, housekeeping }: BackgroundParts,
): Background {
  const mailer = core.mailer === false ? undefined : core.mailer;
  const jobs = new JobQueue(database.background, core.em, [...EVENT_QUEUES, HOUSEKEEPING_QUEUE], core.logger);
  const relay = new EventRelayService({ ...core, jobs });
  const delivery = createDelivery(core, jobs);
  addListeners(core, features, mailer, emailTemplates);
  let starting: Promise<void> | undefined;
  let isStopped = false;
  const begin = async (check: () => Promise<void>): Promise<void> => {
    await check();
    await jobs.start();
    await delivery.start();
    relay.start();
    await housekeeping.start(jobs);
  };
  return {
    delivery,
    jobs,
    async start(check) {
      if (isStopped) throw new Error('The subgraph is closed. Create another one.');
      if (!starting) warnAboutEmails(core);
      await (starting = begin(check));
    },
    async stop() {
      isStopped = true;
      const shut = setTimeout(() => database.shut(), STOP_MS);
      try {
        // Whoever started it learns of an error.
        await starting?.catch(() => undefined);
        await relay.stop();
        await jobs.stop();
      } finally {
        clearTimeout(shut);
      }
      await closeMailer(mailer);
    },
  };
}

async function closeMailer(mailer: Mailer | undefined): Promise<void> {
  const closed = new AbortController();
  const late = delay(MAILER_CLOSE_MS, undefined, { signal: closed.signal }).catch(() => undefined);
  await Promise.race([mailer?.close?.(), late]).finally(() => closed.abort());
}

function addListeners(
  core: Core,
  features: readonly Feature[],
  mailer: Mailer | undefined,
  templates: EmailTemplates | undefined,
): void {
  // They create the links of emails, which must not wait for the listeners of the application.
  for (const listener of listenersOf(features, core))
    core.bus.onEmail(listener.event, (event) => listener.listen(event), listener);
  if (!mailer || !templates) return;
  const { emailLimits } = core;
  new EmailService({ mailer, emailLimits, templates, emails: emailsOf(features) }).listenTo(core.bus, core);
}

function createDelivery(core: Core, jobs: JobQueue): EventDeliveryService {
  return new EventDeliveryService({ ...core, jobs });
}

function warnAboutEmails(core: Core): void {
  warnIfNobodySendsEmails(core);
  warnAboutDevelopmentMail(core);
}

/**
 * Warns if nothing listens to events that carry a token, because users would wait for emails that are never sent. Not an
 * error: an application may send its emails in another way, and sets `mailer: false`.
 */
function warnIfNobodySendsEmails({ bus, config, eventClasses, logger, mailer }: Core): void {
  if (config.environment !== 'production' || mailer !== undefined) return;
  const withTokens = Object.values(eventClasses).filter(({ tokenPurpose }) => tokenPurpose !== undefined);
  const unheard = withTokens.map(({ name }) => name).filter((name) => bus.namesOf(name).length === 0);
  if (unheard.length === 0) return;
  logger.warn(
    { events: unheard },
    'no emails are sent: set `mailer` to createSmtpMailer({ url, from }), listen to these events and send the emails yourself, or set `mailer` to false',
  );
}

/** Not an error: a deployment may start like this before its pages exist. */
function warnAboutDevelopmentMail({ config: { environment, mail }, logger, mailer }: Core): void {
  if (environment !== 'production' || !mailer) return;
  const settings = developmentMailSettings(mail, mailer.senderAddress);
  if (settings.length === 0) return;
  logger.warn(
    { settings },
    'emails link to this machine, come from it or do not name the product: set these options, in the service as MAIL_FROM, MAIL_PRODUCT_NAME and MAIL_…_URL',
  );
}

/**
 * Prepares the emails of these features, if any are sent. Comes before the database is opened: a mistake in the set-up
 * leaves nothing behind.
 * @throws EmailSetupError a template is invalid
 */
export function prepareEmails(
  { mail }: CoreConfig,
  { mailer }: Pick<ServicePorts, 'mailer'>,
  features: readonly Feature[],
): EmailTemplates | undefined {
  if (!mailer) return undefined;
  const { templatesFolder: folder, locale, productName } = mail;
  requireLinkBases(Object.fromEntries(linksIn(mail)));
  return createEmailTemplates({
    ...{ locale, productName, emails: emailsOf(features) },
    ...(folder !== undefined && { folder }),
  });
}

/** Creates housekeeping. It uses the background connections, because deleting may take long. */
export function createHousekeeping(
  core: Core,
  features: readonly Feature[],
  { background }: Database,
): HousekeepingService {
  const { clock, config, logger, metrics, observed } = core;
  const em = forkEntityManager(background);
  const tasks = upkeepTasksOf(features, core, em);
  const nameKeys = observed(new NameKeyRepository(em));
  const repository = observed(new HousekeepingRepository(em));
  return new HousekeepingService(repository, nameKeys, config, clock, tasks, metrics, logger);
}
