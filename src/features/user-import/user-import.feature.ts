import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { exportUsersCommand } from './export-users.command.js';
import { importUsersCommand } from './import-users.command.js';
import { UserExportRepository } from './user-export.repository.js';
import { UserExportService } from './user-export.service.js';
import { UserImportEntity } from './user-import.entity.js';
import { PasswordHashesExported } from './user-import.events.js';
import { UserImportMigration } from './user-import.migration.js';
import { UserImportRepository } from './user-import.repository.js';
import { UserImportService } from './user-import.service.js';

export interface UserImportServices {
  /** Imports users of another system, for operators. */
  readonly userImport: UserImportService;
  /** Exports users, for operators. */
  readonly userExport: UserExportService;
}

/** Moves users from another system to the service, and exports them. */
export const userImport = {
  name: 'user-import',
  events: { PasswordHashesExported },
  tables: { entities: [UserImportEntity], migrations: [{ name: 'user-import', class: UserImportMigration }] },
  services: (core: Core): UserImportServices => ({
    userImport: new UserImportService({ ...core, userImportRepository: new UserImportRepository(core.em) }),
    userExport: new UserExportService({ ...core, userExportRepository: new UserExportRepository(core.em) }),
  }),
  commands: [importUsersCommand, exportUsersCommand],
} satisfies Feature;
