/** Valid bcrypt hashes. `$2x$`, the mark of a faulty implementation, is excluded. */
export const BCRYPT_HASH = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
