import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCertificates } from '@minimq/testkit/certificates';
import { childRuntimes } from './children/child-runtimes.ts';
import { Chromium } from './chromium/chromium.ts';
import { chromiumRuntimes } from './chromium/chromium-runtimes.ts';
import type { Runtime } from './runs/run.ts';

/** Every runtime, told to trust the test authority, or its server where it cannot be told an authority. */
export class AllRuntimes {
  readonly list: readonly Runtime[];
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'minimq-runtimes-'));
  #chromium: Promise<Chromium> | undefined;

  constructor() {
    const { ca, server } = testCertificates();
    const caFile = join(this.#folder, 'ca.pem');
    writeFileSync(caFile, ca.cert);
    const startChromium = (): Promise<Chromium> => (this.#chromium ??= Chromium.start(server.cert));
    this.list = [...childRuntimes(caFile), ...chromiumRuntimes(startChromium)];
  }

  async close(): Promise<void> {
    // Why it could not be started, whoever asked for it knows.
    await this.#chromium?.then(
      (chromium) => chromium.close(),
      () => {},
    );
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
