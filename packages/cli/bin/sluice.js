#!/usr/bin/env node
// Finds a Node.js that is new enough and the code to run on it. It has to parse on every Node.js that can load a module.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const workspaceNode = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));
const isWorkspace = existsSync(source);
const entry = isWorkspace ? source : fileURLToPath(new URL('../dist/main.js', import.meta.url));
// Left alone, V8 lets the young generation grow to 100 MiB and the old one to several times what is in it, which a run does not need: its
// objects live for milliseconds.
const flags = ['--max-semi-space-size=16', '--heap-growing-percent=30'].concat(
  isWorkspace ? ['--conditions=@sluice/source'] : [],
);
const isNewEnough = Number(process.versions.node.split('.')[0]) >= NEEDED;

if (isNewEnough && !isWorkspace && typeof process.execve !== 'function') {
  import('../dist/main.js').catch((error) => {
    process.stderr.write(`sluice: cannot load itself, install it again: ${error.stack}\n`);
    process.exit(1);
  });
} else if (isNewEnough) {
  become(process.execPath);
} else if (isWorkspace && existsSync(workspaceNode)) {
  become(workspaceNode);
} else {
  process.stderr.write(
    `sluice: this is Node.js ${process.versions.node}, and sluice needs ${NEEDED} or newer: install it from https://nodejs.org, or run \`npx -p node@${NEEDED} -p sluice sluice\`\n`,
  );
  process.exitCode = 2;
}

/** Runs the command on `node` in place of this process, or where that cannot be done in a child that gets our signals and gives us its end. */
function become(node) {
  const args = flags.concat(entry, process.argv.slice(2));
  if (typeof process.execve === 'function') process.execve(node, [node].concat(args), process.env);
  const child = spawn(node, args, { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`sluice: cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? code : 128 + (constants.signals[signal] || 0));
  });
}
