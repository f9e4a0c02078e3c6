/** What marks a root field or a route as open to everybody. Nothing else that a framework knows has this name. */
export const PUBLIC = 'auth-subgraph:public';
