export default async function tearDown() {
  const { stopCluster } = await import('./cluster.js');
  await stopCluster();
}
