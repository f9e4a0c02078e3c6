import type { PasswordHasher } from '../../core/credentials/password-hasher.js';
import { addSeconds, type Clock } from '../../platform/clock.js';
import type { DatabaseFacts, TableFacts } from './diagnosis.js';
import type { DiagnosisRepository } from './diagnosis.repository.js';

const DAY_SECONDS = 24 * 60 * 60;

export interface DiagnosisDependencies {
  readonly diagnosisRepository: DiagnosisRepository;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
}

/** Reads what tells operators whether the service is set up well. */
export class DiagnosisService {
  constructor(private readonly deps: DiagnosisDependencies) {}

  /** What the database says about itself, and by how many seconds its clock is ahead. */
  async inspectDatabase(): Promise<DatabaseFacts & { readonly secondsAhead: number }> {
    const facts = await this.deps.diagnosisRepository.findDatabaseFacts();
    return { ...facts, secondsAhead: facts.epochSeconds - this.deps.clock.now().getTime() / 1000 };
  }

  /** Describes the privileges that the role lacks; `undefined` if it lacks none. */
  async findMissingPrivileges(): Promise<string | undefined> {
    return this.deps.diagnosisRepository.findMissingPrivileges();
  }

  async inspectTables(): Promise<TableFacts> {
    const { clock, diagnosisRepository } = this.deps;
    const daysAgo = (days: number): Date => addSeconds(clock.now(), -days * DAY_SECONDS);
    return diagnosisRepository.findTableFacts({ aDayAgo: daysAgo(1), aYearAgo: daysAgo(365) });
  }

  /** How many seconds one password hash takes on this machine. */
  async measureHash(): Promise<number> {
    const start = performance.now();
    await this.deps.hasher.hash('any password takes the same time');
    return (performance.now() - start) / 1000;
  }
}
