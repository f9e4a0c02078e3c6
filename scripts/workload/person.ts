/** A session as its client knows it. */
export interface Session {
  readonly id: string;
  accessToken: string;
  refreshToken: string;
}

/** An operation that its client gave up on, without knowing whether it took effect. */
export type Doubt =
  | { readonly operation: 'register' }
  | { readonly operation: 'logout'; readonly session: Session }
  | { readonly operation: 'changePassword'; readonly session: Session; readonly newPassword: string };

/** What one user of the service knows from acknowledged operations. Only one client acts for a person, step by step. */
export class Person {
  isRegistered = false;
  isVerified = false;
  live: Session[] = [];
  readonly ended: Session[] = [];
  readonly oldPasswords: string[] = [];
  passwordChanges = 0;
  /** Sessions that may have been opened by sign-ins that were not acknowledged. */
  strays = 0;
  /** Whether an email with a link that resets the password was requested and has not been seen. */
  awaitsResetEmail = false;
  doubt: Doubt | undefined;

  constructor(
    readonly email: string,
    public password: string,
  ) {}

  open(session: Session): void {
    this.live.push(session);
  }

  end(sessions: readonly Session[]): void {
    this.ended.push(...sessions);
    this.live = this.live.filter((session) => !sessions.includes(session));
  }

  /** Everything but the given session has ended. */
  endOthers(kept?: Session): void {
    this.end(this.live.filter((session) => session !== kept));
    this.strays = 0;
  }

  changePassword(newPassword: string, kept?: Session): void {
    this.oldPasswords.push(this.password);
    this.password = newPassword;
    this.passwordChanges += 1;
    this.endOthers(kept);
  }
}
