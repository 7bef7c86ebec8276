import { order } from './api.js';

let stack;

/** Asks which stack the console serves, once. */
export async function readStack() {
  stack ??= await order('stack');
  return stack;
}

/** The wait before the second run of an erasure. */
export function settleSeconds() {
  return stack?.settle ?? 30;
}
