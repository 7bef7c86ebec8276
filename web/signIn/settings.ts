/** The page's client at an identity provider. */
export interface ProviderSettings {
  issuer: string;
  clientId: string;
  scope: string;
  /** Which of the provider's tokens the chat takes. */
  token: 'access' | 'id';
  audience: string;
}

/** What a deployment tells its page. */
export interface PageSettings {
  /** Whether a name is enough to chat. */
  guests: boolean;
  /** Whether the deployment notifies users who are away. */
  push?: boolean;
  /** Without it the page offers no sign-in. */
  signIn?: ProviderSettings;
}

const SELECTOR = 'meta[name="edge-chat:settings"]';

/** Reads what the deployment has put into the page; a page that was only built has guests and no sign-in. */
export function readSettings(page: Pick<Document, 'querySelector'>): PageSettings {
  const text = page.querySelector(SELECTOR)?.getAttribute('content') ?? '';
  return text.startsWith('{') ? (JSON.parse(text) as PageSettings) : { guests: true };
}
