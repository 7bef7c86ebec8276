import type { Page } from 'playwright-core';

/** How many sends the database of a page holds. */
export function storedSends(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opened = indexedDB.open('edge-chat');
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const counted = opened.result.transaction('sends').objectStore('sends').count();
          counted.onsuccess = () => resolve(counted.result);
          opened.result.close();
        };
      }),
  );
}
