import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page as Tab } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '../server/dashboard.ts';
import { launchChromium, openPage } from './open-page.ts';

// The page in a real browser, with the built packages in it. `npm run test:browser` in the root runs this.

const SHOTS = fileURLToPath(new URL('../../node_modules/.cache/screenshots/', import.meta.url));

let browser: Browser;
beforeAll(async () => {
  await mkdir(SHOTS, { recursive: true });
  browser = await launchChromium();
});
afterAll(() => browser?.close());

/** Resolves once the text of the element matches. */
async function reads(tab: Tab, id: string, wanted: RegExp | string): Promise<void> {
  await tab.locator(`#${id}`).filter({ hasText: wanted }).waitFor({ state: 'attached' });
}

async function numberIn(tab: Tab, id: string): Promise<number> {
  return Number((await tab.locator(`#${id}`).innerText()).replaceAll(',', ''));
}

/** Resolves with the number in the element once it is above `least`. */
async function risesAbove(tab: Tab, id: string, least: number): Promise<number> {
  await tab.waitForFunction(
    ([name, floor]) => Number(document.getElementById(name)!.textContent!.replaceAll(',', '')) > floor,
    [id, least] as const,
  );
  return numberIn(tab, id);
}

/** Resolves once two messages at each of QoS 1 and 2 wait for the page; one at QoS 0 went before each of them. */
async function aRoundIsMissed(dashboard: Dashboard): Promise<void> {
  await expect.poll(() => dashboard.pageSessions[0]?.queuedCount).toBeGreaterThanOrEqual(4);
}

describe('the page', () => {
  it('publishes, is cut off, resumes, and loses nothing that it may not lose', async () => {
    const { tab, dashboard, errors } = await openPage(browser);
    await reads(tab, 'state', /^Connected$/);

    await tab.getByLabel('Topic', { exact: true }).fill('demo/test');
    await tab.getByLabel('Payload').fill('<b>from the test</b>');
    await tab.getByLabel('QoS', { exact: true }).selectOption('2');
    await tab.getByRole('button', { name: 'Publish' }).click();
    await reads(tab, 'publish-result', 'Acknowledged by the broker');
    await tab.getByLabel('Which messages to show').selectOption('others');
    const row = tab.getByRole('row', { name: 'demo/test' });
    await row.waitFor();
    expect(await row.innerText()).toContain('<b>from the test</b>');
    expect(await row.innerText()).toContain('QoS 2');

    for (const qos of [0, 1, 2]) await risesAbove(tab, `received-${qos}`, 5);
    await tab.getByRole('button', { name: 'Cut the line' }).click();
    await reads(tab, 'state', /^Connection lost$/);
    await tab.getByRole('button', { name: 'Publish' }).click();
    await reads(tab, 'publish-result', /^Not published: .*connection was lost/);
    await aRoundIsMissed(dashboard);
    dashboard.mend();
    await reads(tab, 'resumed-count', /^1$/);
    await reads(tab, 'state', /^Connected$/);
    await reads(tab, 'news', 'The session goes on.');

    // The streams go on.
    for (const qos of [0, 1, 2]) await risesAbove(tab, `sent-${qos}`, (await numberIn(tab, `sent-${qos}`)) + 5);
    await tab.getByRole('button', { name: 'Pause the display' }).click();
    expect(await numberIn(tab, 'rate-most')).toBeGreaterThan(0);
    expect(await tab.locator('#chart .bar').count()).toBeGreaterThan(0);
    const chart = tab.getByRole('img', {
      name: /^Messages per second .* most \d+; [1-9]\d* seconds without a connection$/,
    });
    expect(await chart.count()).toBe(1);
    for (const qos of [0, 1, 2]) {
      const [sentCount, received, lost, doubled] = await Promise.all(
        ['sent', 'received', 'lost', 'doubled'].map((column) => numberIn(tab, `${column}-${qos}`)),
      );
      expect(received, `QoS ${qos}`).toBe(sentCount! - lost! + doubled!);
      if (qos === 0) expect(doubled).toBe(0);
      else expect(lost, `QoS ${qos}`).toBe(0);
      if (qos === 0) expect(lost).toBeGreaterThan(0);
      if (qos === 2) expect(doubled).toBe(0);
      expect(await tab.locator(`#verdict-${qos}`).innerText()).toBe('kept');
    }
    expect(errors).toEqual([]);
  });

  it('disconnects and connects again, by the keyboard', async () => {
    const { tab, errors } = await openPage(browser);
    await reads(tab, 'state', /^Connected$/);
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    await reads(tab, 'state', /^Disconnected$/);
    await reads(tab, 'news', 'The broker keeps the session');
    await reads(tab, 'toggle', /^Connect$/);
    await tab.keyboard.press('Enter');
    await reads(tab, 'state', /^Connected$/);
    await reads(tab, 'resumed-count', /^1$/);
    expect(errors).toEqual([]);
  });

  it('pauses the display, and nothing else', async () => {
    const { tab, dashboard } = await openPage(browser);
    await risesAbove(tab, 'received-2', 1);
    const pause = tab.getByRole('button', { name: 'Pause the display' });
    await pause.click();
    const received = await numberIn(tab, 'received-2');
    for (const connection of [2, 3]) {
      dashboard.cut();
      await reads(tab, 'state', /^Connection lost$/);
      await aRoundIsMissed(dashboard);
      dashboard.mend();
      await tab
        .locator('#news > li')
        .nth(2 * connection - 2)
        .waitFor({ state: 'attached' });
    }
    expect(await numberIn(tab, 'resumed-count')).toBe(0);
    expect(await numberIn(tab, 'received-2')).toBe(received);
    await pause.click();
    await reads(tab, 'resumed-count', /^2$/);
    await risesAbove(tab, 'received-2', received);
  });

  it('says why a message cannot be published', async () => {
    const { tab } = await openPage(browser);
    await reads(tab, 'state', /^Connected$/);
    await tab.getByLabel('Topic', { exact: true }).fill('demo/#');
    await tab.getByRole('button', { name: 'Publish' }).click();
    await reads(tab, 'publish-result', /^Not published: .*wildcard/i);
    await tab.getByLabel('Topic', { exact: true }).fill('demo/long');
    await tab.getByLabel('Payload').fill('x'.repeat(70_000));
    await tab.getByRole('button', { name: 'Publish' }).click();
    await reads(tab, 'publish-result', /^Not published: .*bytes/);
    expect(await tab.locator('#published-accepted').innerText()).toBe('0');
  });

  it('goes on trying where the server is gone, and ends when it is told to', async () => {
    const { tab, dashboard, errors } = await openPage(browser);
    await reads(tab, 'state', /^Connected$/);
    await dashboard.close();
    await reads(tab, 'state', /^Connection lost$/);
    await tab.getByRole('button', { name: 'Cut the line' }).click();
    await reads(tab, 'news', 'The server of this page does not answer.');
    await tab.getByRole('button', { name: 'Disconnect' }).click();
    await reads(tab, 'state', /^Disconnected$/);
    expect(errors).toEqual([]);
  });

  it('lets the broker forget the session when the reader leaves', async () => {
    const { tab, dashboard } = await openPage(browser);
    await reads(tab, 'state', /^Connected$/);
    expect(dashboard.pageSessions).toHaveLength(1);
    await tab.goto('about:blank');
    await expect.poll(() => dashboard.pageSessions).toEqual([]);
  });
});

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it.each([
    ['desktop', { width: 1280, height: 900 }],
    ['phone', { width: 390, height: 844 }],
  ])('fits a %s', async (name, viewport) => {
    const { tab, dashboard } = await openPage(browser, { colorScheme, viewport });
    await risesAbove(tab, 'received-2', 10);
    await tab.getByRole('button', { name: 'Publish' }).click();
    await tab.getByRole('button', { name: 'Cut the line' }).click();
    await aRoundIsMissed(dashboard);
    dashboard.mend();
    await reads(tab, 'resumed-count', /^1$/);
    await risesAbove(tab, 'received-2', 25);
    await tab.screenshot({ path: `${SHOTS}${name}-${colorScheme}.png`, fullPage: true });
    const [room, needed] = await tab.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    expect(needed).toBeLessThanOrEqual(room!);
  });
});
