import type { Page } from 'playwright-core';

/** The functions read new keys of a provider up to ten seconds after its first token. */
export const NEW_KEYS_MS = 20_000;

export const signInButton = (page: Page) => page.getByRole('button', { name: 'Sign in', exact: true });

/** A person's button on the provider's page. */
export const person = (page: Page, name: string) => page.getByRole('button', { name });

/** Signs in at the provider's own page. */
export async function signIn(page: Page, name: string): Promise<void> {
  await signInButton(page).click();
  await person(page, name).click();
  await opened(page);
}

/** Waits until the room is open. */
export async function opened(page: Page): Promise<void> {
  await page.getByRole('log').and(page.locator('[aria-busy=false]')).waitFor({ timeout: NEW_KEYS_MS });
}
