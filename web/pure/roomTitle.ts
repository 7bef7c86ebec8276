/** What the page calls a room. */
export interface RoomTitle {
  /** `#` before a room's name, and `@` before the other user of a direct room. */
  sign: '#' | '@';
  text: string;
  /** Tells the other user from users of the same name. */
  mark?: string;
}
