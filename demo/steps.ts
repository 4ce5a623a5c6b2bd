import { styleText } from 'node:util';

/** Prints each step of the demo on a line, with what came of it and how long it took. */
export function steps() {
  const say = (text: string) => console.log(text);
  async function step<T>(name: string, work: () => Promise<T>, tell?: (result: T) => string): Promise<T> {
    const from = performance.now();
    const result = await work();
    const seconds = ((performance.now() - from) / 1000).toFixed(2).padStart(6);
    say(
      `  ${styleText('green', '✓')} ${name.padEnd(13)}${styleText('dim', `${seconds} s`)}  ${tell?.(result) ?? ''}`,
    );
    return result;
  }
  return { step, say };
}
