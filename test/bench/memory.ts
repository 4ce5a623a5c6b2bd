import { readFileSync } from 'node:fs';

/** The most megabytes that a process holds resident (proc(5)), from now on. */
export function watchMemory(pid: number): { most: () => number } {
  let most = 0;
  const look = () => {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    most = Math.max(most, Number(kilobytes) / 1024);
  };
  const timer = setInterval(look, 250);
  return {
    most: () => {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
