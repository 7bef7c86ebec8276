import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CHECKS } from '../../cli/doctor/checks';
import type { Result } from '../../cli/doctor/harness/check';
import type { Target } from '../../cli/doctor/harness/deployment';
import { runChecks } from '../../cli/doctor/run';
import type { Hooks } from '../../local/hooks';
import type { Invocation } from '../../local/lambda/functions';
import { type Stack, type StackOptions, startStack } from '../../local/stack';
import { isRecord } from '../../local/template/template';

/** A stack that serves a page, however small, and that a test can break and repair while it runs. */
export interface Patient {
  stack: Stack;
  target: Target;
  /** What is wrong with it now. */
  faults: Pick<Hooks, 'post' | 'invoke' | 'tunnel'>;
  repair(): void;
  stop(): Promise<void>;
}

const PAGE = '<!doctype html><meta name="edge-chat:settings" content="%settings%"><title>Chat</title>';

export async function startPatient(options: StackOptions = {}): Promise<Patient> {
  const pageDirectory = await mkdtemp(path.join(tmpdir(), 'edge-chat-doctor-'));
  await writeFile(path.join(pageDirectory, 'index.html'), PAGE);
  const faults: Patient['faults'] = {};
  const stack = await startStack({
    pageDirectory,
    hooks: {
      post: (post, deliver) => faults.post?.(post, deliver) ?? Promise.resolve(deliver()),
      invoke: (call, run) => faults.invoke?.(call, run) ?? run(),
      tunnel: (cut) => faults.tunnel?.(cut) ?? {},
    },
    ...options,
  });
  return {
    stack,
    faults,
    repair() {
      delete faults.post;
      delete faults.invoke;
      delete faults.tunnel;
    },
    target: targetOf(stack.socketUrl, {
      apis: [new URL(stack.socketDirectUrl), new URL(stack.apiDirectUrl)],
    }),
    async stop() {
      await stack.stop();
      await rm(pageDirectory, { recursive: true, force: true });
    },
  };
}

export function targetOf(socketUrl: string, more: Partial<Target> = {}): Target {
  return {
    socketUrl: new URL(socketUrl),
    origin: new URL(socketUrl.replace(/^ws/, 'http')).origin,
    apis: [],
    token: undefined,
    room: undefined,
    samples: 5,
    idleMs: 0,
    patienceMs: 10_000,
    ...more,
  };
}

/** Runs the checks of these names, or all. */
export function examine(target: Target, names?: readonly string[], withinMs = 60_000): Promise<Result[]> {
  const chosen = CHECKS.filter(({ name }) => !names || names.includes(name));
  return runChecks(target, chosen, { withinMs });
}

/** Changes what a function answers. */
export function rewriting(
  functionName: string,
  change: (value: Record<string, unknown>, event: unknown) => void,
): NonNullable<Hooks['invoke']> {
  return async (call, run) => {
    const invocation: Invocation = await run();
    if (call.functionName.endsWith(functionName) && invocation.ok && isRecord(invocation.value))
      change(invocation.value, call.event);
    return invocation;
  };
}

/** Changes the frames of one type that a function answers with. */
export function rewritingReplies(
  functionName: string,
  type: string,
  change: (reply: Record<string, unknown>) => void,
): NonNullable<Hooks['invoke']> {
  return rewriting(functionName, (value) => {
    const reply = JSON.parse(String(value.body ?? '{}'));
    if (reply.type === type) change(reply);
    value.body = JSON.stringify(reply);
  });
}
