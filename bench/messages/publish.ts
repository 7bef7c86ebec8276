/** Publishes a text to a room; resolves when the last post is answered. */
export type Publish = (room: string, text: string, number: number) => Promise<void>;
