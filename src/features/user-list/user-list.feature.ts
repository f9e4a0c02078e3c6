import type { Core } from '../../core/composition/core.js';
import type { Feature } from '../../core/composition/feature.js';
import { SearchTimeRepository } from '../../core/management/search-time.repository.js';
import { listUsersCommand } from './list-users.command.js';
import { UserListRepository } from './user-list.repository.js';
import { UserListResolver } from './user-list.resolver.js';
import { UserListService } from './user-list.service.js';

export interface UserListServices {
  /** Lists and counts users, for operators. */
  readonly userLists: UserListService;
}

/** Lists of users, and the search, for operators. */
export const userList = {
  name: 'user-list',
  managementResolvers: [
    { type: UserListResolver, create: ({ userLists }: UserListServices) => new UserListResolver(userLists) },
  ],
  services: (core: Core): UserListServices => ({
    userLists: new UserListService({
      ...core,
      searchTimeRepository: core.observed(new SearchTimeRepository(core.em)),
      userListRepository: core.observed(new UserListRepository(core.em)),
    }),
  }),
  commands: [listUsersCommand],
} satisfies Feature;
