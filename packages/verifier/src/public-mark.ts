/** Marks a root field or a route as public. The name does not collide with other metadata of a framework. */
export const PUBLIC = 'auth-subgraph:public';
