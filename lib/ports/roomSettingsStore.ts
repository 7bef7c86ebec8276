import type { RoomSettings } from '../protocol';

/** What holds in a room: its settings, and until when a mute may be in force there, in milliseconds since the epoch. */
export interface RoomRules {
  settings: RoomSettings;
  mutedUntil: number;
}

/** The settings of rooms, a row a room. Every read is strongly consistent. */
export interface RoomSettingsStore {
  read(room: string): Promise<RoomRules>;
  /** Gives what holds in each of some rooms, in their order. */
  readAll(rooms: readonly string[]): Promise<RoomRules[]>;
}

/** What moderators do to the rules of rooms. */
export interface RoomSettingsWriter {
  /** Changes those settings that are given; gives what holds then. */
  change(room: string, settings: RoomSettings): Promise<RoomRules>;
  /** Notes that a mute is in force until then, unless a longer one is noted. */
  noteMute(room: string, until: number): Promise<void>;
}

/** The rules that a container has read, each for ten seconds. */
export interface RoomRulesCache {
  get(room: string, now: number): RoomRules | undefined;
  set(room: string, rules: RoomRules, now: number): void;
}
