/** The nil UUID, which no session has and which precedes all others. @see RFC 9562 §5.9 */
export const NO_SESSION = '00000000-0000-0000-0000-000000000000';
