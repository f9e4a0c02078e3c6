export default async function tearDown() {
  const { stopCluster } = await import('./cluster.ts');
  await stopCluster();
}
