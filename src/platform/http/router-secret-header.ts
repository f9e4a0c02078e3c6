/** The request header in which a gateway sends its secret. */
export const ROUTER_SECRET_HEADER = 'x-router-secret';
