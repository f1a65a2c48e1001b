/** Why work could not be given to the user in the form they chose; nothing was written. The message is for people. */
export class NotKept extends Error {
  override readonly name = 'NotKept';
}
