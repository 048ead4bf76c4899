import { decoded, parseUrl } from './url.ts';

/** A URL without credentials, and those that it had, decoded, under the names that `session.connect()` knows. */
export interface SplitCredentials {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/**
 * Takes the user name and the password out of a URL:
 * `const { url, ...credentials } = splitCredentials(text); await session.connect(await openIo(url), credentials);`
 *
 * Throws an `InvalidRequestError` (`invalid-argument`) for what is no URL.
 */
export function splitCredentials(url: string | URL): SplitCredentials {
  const parsed = parseUrl(url);
  const { username, password } = parsed;
  parsed.username = '';
  parsed.password = '';
  return {
    url: parsed.href,
    ...(username !== '' && { username: decoded(username) }),
    ...(password !== '' && { password: decoded(password) }),
  };
}
