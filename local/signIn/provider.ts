import path from 'node:path';
import type { Template } from '../template/template';
import { type Child, startProcess } from '../util/processes';

/** How the local provider signs users in. */
export interface SignInOptions {
  /** Lifetime of its tokens; five minutes unless given. */
  tokenSeconds?: number;
}

/** An identity provider on this machine. */
export interface LocalProvider {
  url: string;
  /** Signs with new keys from now on, and publishes no others. */
  changeKeys(): Promise<void>;
  /** Ends it. All its sessions end, too. */
  stop(): Promise<void>;
  /** Starts it again at its address. */
  start(): Promise<void>;
}

/** Its address in the template, where a port of this machine would make a new template of each start. */
const ISSUER = 'https://sign-in.edge-chat.invalid';

const CLIENT_ID = 'edge-chat-page';
const AUDIENCE = 'urn:edge-chat';
const TOKEN_SECONDS = 300;

/** The parameters of a stack whose users the local provider signs in. An ID token is for the client itself. */
export const signInParameters = (oidcToken?: string): Record<string, string> => ({
  oidcIssuer: ISSUER,
  oidcAudience: oidcToken === 'id' ? CLIENT_ID : AUDIENCE,
  oidcJwksUrl: `${ISSUER}/jwks`,
  oidcClientId: CLIENT_ID,
});

/** The template with the provider's address on this machine. */
export function withProvider(template: Template, url: string): Template {
  return JSON.parse(JSON.stringify(template).replaceAll(ISSUER, url));
}

/** Starts the provider on a free port. It knows the pages of these origins. */
export async function startProvider(
  origins: readonly string[],
  { tokenSeconds = TOKEN_SECONDS }: SignInOptions,
): Promise<LocalProvider> {
  const launch = async (port: number): Promise<{ child: Child; port: number }> => {
    const child = startProcess(path.join(__dirname, 'provider-process.mjs'), {
      port,
      clientId: CLIENT_ID,
      audience: AUDIENCE,
      pages: origins.map((origin) => `${origin}/`),
      tokenSeconds,
    });
    const listening = await child.message;
    if (typeof listening !== 'number')
      throw new Error(`The local provider does not start:\n${await child.lastWords()}`);
    return { child, port: listening };
  };

  let running = await launch(0);
  const { port } = running;
  return {
    url: `http://127.0.0.1:${port}`,
    async changeKeys() {
      const { process } = running.child;
      const done = new Promise((resolve) => process.once('message', resolve));
      process.send('changeKeys');
      await done;
    },
    stop: () => running.child.stop(),
    async start() {
      running = await launch(port);
    },
  };
}
