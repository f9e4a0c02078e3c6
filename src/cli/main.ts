#!/usr/bin/env node

/** The oldest supported Node.js version, as in `engines` of package.json. */
const [NODE_MAJOR, NODE_MINOR] = [22, 17];

function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE_MAJOR || (major === NODE_MAJOR && minor >= NODE_MINOR)) return;
  const wanted = `${String(NODE_MAJOR)}.${String(NODE_MINOR)}`;
  console.error(
    `Node.js ${version} is too old. Use Node.js ${wanted} or newer, or run the command with npm or npx in the folder of the project.`,
  );
  process.exit(1);
}

requireNode(process.versions.node);
// Imported late, because an older Node.js may not be able to parse it.
const { run } = await import('./run.js');
const exitCode = await run(process.argv.slice(2));
// The service keeps running after `run` returns, until it is told to stop.
if (exitCode !== 0) process.exit(exitCode);
