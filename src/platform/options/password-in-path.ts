/** Whether a part of the password is in the path of an address, because a slash in it is not percent-encoded. */
export function hasPasswordInPath({ pathname }: URL): boolean {
  return pathname.includes('@');
}
