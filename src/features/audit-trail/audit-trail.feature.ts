import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { SearchTimeRepository } from '../../core/management/search-time.repository.js';
import { listAuditCommand } from './audit-list.command.js';
import { AuditTrailResolver } from './audit-trail.resolver.js';
import { RecordEventsResolver } from './record-events.resolver.js';
import { SecurityEventRepository } from './security-event.repository.js';
import { SecurityEventService } from './security-event.service.js';
import { TrailSearchRepository } from './trail-search.repository.js';
import { TrailSearchResolver } from './trail-search.resolver.js';
import { TrailSearchService } from './trail-search.service.js';

export interface AuditTrailServices {
  /** Reads the audit trail. */
  readonly securityEvents: SecurityEventService;
  /** Searches the audit trail, for operators. */
  readonly trailSearch: TrailSearchService;
}

/** What happened to an account, for its user. The trail is written even without this feature. */
export const auditTrail = {
  name: 'audit-trail',
  resolvers: [
    {
      type: AuditTrailResolver,
      create: ({ securityEvents }: AuditTrailServices) => new AuditTrailResolver(securityEvents),
    },
  ],
  managementResolvers: [
    {
      type: RecordEventsResolver,
      create: ({ securityEvents }: AuditTrailServices) => new RecordEventsResolver(securityEvents),
    },
    {
      type: TrailSearchResolver,
      create: ({ trailSearch }: AuditTrailServices) => new TrailSearchResolver(trailSearch),
    },
  ],
  services: ({ clock, em, eventClasses, observed, unitOfWork, userRepository }: Core): AuditTrailServices => ({
    securityEvents: new SecurityEventService(observed(new SecurityEventRepository(em)), clock),
    trailSearch: new TrailSearchService({
      ...{ clock, eventClasses, unitOfWork, userRepository },
      searchTimeRepository: observed(new SearchTimeRepository(em)),
      trailSearchRepository: observed(new TrailSearchRepository(em)),
    }),
  }),
  commands: [listAuditCommand],
} satisfies Feature;
