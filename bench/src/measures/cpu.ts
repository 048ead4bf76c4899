/** Microseconds of CPU that this process has used, its threads and the system's calls included. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
