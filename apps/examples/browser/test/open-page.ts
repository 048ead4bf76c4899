import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page as Tab } from 'playwright';
import { onTestFinished } from 'vitest';
import { bundlePage } from '../server/bundle.ts';
import { startDashboard, type Dashboard } from '../server/dashboard.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Rejects where there is no Chromium, and says what to do about it. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`There is no ${CHROMIUM}: npm run test:browser installs it, or do it with
  sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium`);
  }
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface OpenedPage {
  readonly tab: Tab;
  readonly dashboard: Dashboard;
  /** What the page threw and nobody caught. */
  readonly errors: readonly unknown[];
}

/** Long enough that only `mend()` ends a cut. */
const CUT_MS = 3_600_000;

/** A broker, a publisher and the page, open in a tab of its own until the test ends. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const dashboard = await startDashboard({
    page: await bundlePage(new URL('../page/', import.meta.url)),
    cutMs: CUT_MS,
  });
  onTestFinished(() => dashboard.close());
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const tab = await context.newPage();
  const errors: unknown[] = [];
  tab.on('pageerror', (error) => errors.push(error));
  await tab.goto(dashboard.url);
  return { tab, dashboard, errors };
}
