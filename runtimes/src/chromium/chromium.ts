import { createHash, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright';
import { bundle } from './bundle.ts';
import { PageServer } from './page-server.ts';

const PROGRAM = '/usr/bin/chromium';
const INSTALL =
  'sudo apt-get update && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium';
/** Far more than anything in a page takes. */
const LIMIT_MS = 300_000;
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Headless Chromium, with pages that have the built packages in them. */
export class Chromium {
  readonly #browser: Browser;
  readonly #server: PageServer;
  /** Its version, and the file of `@minimq/transport-ws` in the bundle. */
  readonly about: { readonly version: string; readonly webSocketEntry: string };

  /** `serverCert`, as PEM: of the server that it is to trust; no page can say which authority to trust. */
  static async start(serverCert: string): Promise<Chromium> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there; install it:\n  ${INSTALL}`);
    const { files, webSocketEntry } = await bundle();
    const server = await PageServer.start(files);
    try {
      const trust = `--ignore-certificate-errors-spki-list=${keyHash(serverCert)}`;
      const browser = await chromium.launch({ executablePath: PROGRAM, args: [...ARGS, trust] });
      return new Chromium(browser, server, webSocketEntry);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  private constructor(browser: Browser, server: PageServer, webSocketEntry: string) {
    this.#browser = browser;
    this.#server = server;
    this.about = { version: browser.version(), webSocketEntry };
  }

  /** Does something in a page of its own. An error that nobody handles there is an error here. */
  async inPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
    const page = await this.#browser.newPage();
    let timer: NodeJS.Timeout | undefined;
    try {
      const failed = new Promise<never>((_resolve, reject) => {
        page.once('pageerror', reject);
        page.once('crash', () => reject(new Error('The page has crashed')));
        timer = setTimeout(() => reject(new Error(`The page has not answered within ${LIMIT_MS} ms`)), LIMIT_MS);
      });
      failed.catch(() => {});
      await page.goto(this.#server.url);
      return await Promise.race([work(page), failed]);
    } finally {
      clearTimeout(timer);
      await page.close();
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}

/** SHA-256 of the public key of a certificate, in base64. */
function keyHash(cert: string): string {
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
