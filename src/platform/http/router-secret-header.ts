/** The request header with which a gateway proves that it asks. */
export const ROUTER_SECRET_HEADER = 'x-router-secret';
