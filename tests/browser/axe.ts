import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds that is serious or critical, as lines to read. */
export async function findings(page: Page): Promise<string[]> {
  // Half way through a fade no colour is the one that a user reads. A fade may also begin while axe runs.
  await page.evaluate(() => {
    const still = new CSSStyleSheet();
    still.replaceSync('*, ::before, ::after { transition: none !important }');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
    for (const each of document.getAnimations())
      if (each.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) each.finish();
  });
  // Past the policy, which rightly refuses to run it as the page's own script.
  await page.evaluate(AXE);
  const found: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] =
    await page.evaluate('axe.run().then(({ violations }) => violations)');
  await page.evaluate(() => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1);
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
}
