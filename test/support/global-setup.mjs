// Jest loads this file itself, without the tests' transform: the hook lets it import TypeScript.
import '@swc-node/register/esm-register';

export default async function setUp() {
  const { RunRecord } = await import('./secrets/run-record.js');
  RunRecord.start();
  const { startCluster } = await import('./cluster.js');
  await startCluster();
}
