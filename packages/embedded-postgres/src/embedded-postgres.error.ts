/** The embedded database cannot run on this machine. The message says what is wrong and how to fix it. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** A living process uses the folder. */
export class FolderInUseError extends EmbeddedPostgresError {
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(`The database folder ${folder} is already in use by process ${String(pid)}; stop it, or use another folder.`);
  }
}
