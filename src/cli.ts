#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { paperboy } from './commands/program.ts';
import { environment } from './config.ts';

const { stdin, stdout, stderr } = process;

// Whoever reads the output may leave early, as `head` does.
for (const stream of [stdout, stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

process.exitCode = await paperboy(process.argv.slice(2), { env: environment, stdin, stdout, stderr });
