import { SessionEntity } from '../sessions/session.entity.js';
import { UserEntity } from '../users/user.entity.js';

/** Every entity, for an application that discovers and migrates them with its own. */
export const AUTH_ENTITIES = [UserEntity, SessionEntity] as const;
