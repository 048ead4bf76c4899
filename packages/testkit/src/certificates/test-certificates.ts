import type { Certificate, IssueOptions } from './certificate.ts';
import { DAY_MS, issueCertificate } from './issue.ts';

export interface IssueByOptions extends IssueOptions {
  /** Who signs: a certificate made here with `usage: 'ca'`, or `'self'`. Default: `ca`. */
  readonly ca?: Certificate | 'self' | undefined;
}

/** Certificates for the tests of one process. Each is made when it is first asked for, and only once. */
export interface TestCertificates {
  /** The CA that clients and servers are to trust. */
  readonly ca: Certificate;
  /** A CA that nobody trusts. */
  readonly otherCa: Certificate;
  /** For `localhost`, `127.0.0.1` and `::1`, signed by `ca`. */
  readonly server: Certificate;
  /** For a client, with the common name `test-client`, signed by `ca`. */
  readonly client: Certificate;
  /** Like `server`, but it ended a day ago. */
  readonly expired: Certificate;
  /** Like `server`, but it begins a day from now. */
  readonly notYetValid: Certificate;
  /** Like `server`, but for `wrong-host.example` only. */
  readonly wrongHost: Certificate;
  /** Like `server`, but signed by itself. */
  readonly selfSigned: Certificate;
  /** Like `server`, but signed by `otherCa`. */
  readonly otherServer: Certificate;
  /** Makes another one. Throws a TypeError for what is no name, address or date, and what `node:crypto` throws for a bad `ca`. */
  issue(options: IssueByOptions): Certificate;
}

let certificates: TestCertificates | undefined;

/** The certificates of this process: always the same ones, in memory only. Their keys are on the curve P-256. */
export function testCertificates(): TestCertificates {
  certificates ??= new LazyCertificates();
  return certificates;
}

const HERE = { names: ['localhost'], addresses: ['127.0.0.1', '::1'] } as const;

class LazyCertificates implements TestCertificates {
  readonly #made = new Map<string, Certificate>();

  get ca(): Certificate {
    return this.#once({ commonName: 'Test CA', usage: 'ca', ca: 'self' });
  }

  get otherCa(): Certificate {
    return this.#once({ commonName: 'Other test CA', usage: 'ca', ca: 'self' });
  }

  get server(): Certificate {
    return this.#once({ commonName: 'test-server', ...HERE });
  }

  get client(): Certificate {
    return this.#once({ commonName: 'test-client', usage: 'client' });
  }

  get expired(): Certificate {
    return this.#once({ commonName: 'expired', ...HERE, notAfter: daysFromNow(-1) });
  }

  get notYetValid(): Certificate {
    return this.#once({ commonName: 'not-yet-valid', ...HERE, notBefore: daysFromNow(1) });
  }

  get wrongHost(): Certificate {
    return this.#once({ commonName: 'wrong-host', names: ['wrong-host.example'] });
  }

  get selfSigned(): Certificate {
    return this.#once({ commonName: 'self-signed', ...HERE, ca: 'self' });
  }

  get otherServer(): Certificate {
    return this.#once({ commonName: 'other-server', ...HERE, ca: this.otherCa });
  }

  issue({ ca = this.ca, ...options }: IssueByOptions): Certificate {
    return issueCertificate(options, ca === 'self' ? undefined : ca);
  }

  /** By its common name, which each of them has for its own. */
  #once(options: IssueByOptions): Certificate {
    const { commonName } = options;
    const made = this.#made.get(commonName) ?? this.issue(options);
    this.#made.set(commonName, made);
    return made;
  }
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}
