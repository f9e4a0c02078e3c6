import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { DiagnosisRepository } from './diagnosis.repository.js';
import { DiagnosisService } from './diagnosis.service.js';

export interface DiagnosisServices {
  /** Reads what tells operators whether the service is set up well. */
  readonly diagnosis: DiagnosisService;
}

/** What `doctor` asks the database. */
export const diagnosis = {
  name: 'diagnosis',
  services: (core: Core): DiagnosisServices => ({
    diagnosis: new DiagnosisService({ ...core, diagnosisRepository: core.observed(new DiagnosisRepository(core.em)) }),
  }),
} satisfies Feature;
