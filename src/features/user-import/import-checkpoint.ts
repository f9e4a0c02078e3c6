/** What identifies a file, wherever it is. */
export interface SourceIdentity {
  readonly fingerprint: Buffer;
  readonly size: number;
}

/** How far a file has been imported. */
export interface ImportCheckpoint {
  readonly id: string;
  /** Where the next line starts. */
  readonly byteOffset: number;
  /** How many lines have been read. */
  readonly line: number;
  readonly imported: number;
  /** Users whose address or id was taken. */
  readonly skipped: number;
  readonly rejected: number;
  /** The size of the file with the rejected lines. */
  readonly rejectedBytes: number;
  readonly isFinished: boolean;
}

export function checkpointAtStart(id: string): ImportCheckpoint {
  const counts = { byteOffset: 0, line: 0, imported: 0, skipped: 0, rejected: 0, rejectedBytes: 0 };
  return { id, ...counts, isFinished: false };
}
