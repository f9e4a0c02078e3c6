export default async function tearDown() {
  const { stopCluster } = await import('./cluster.js');
  const { noteRemainingRows, reportLeaks } = await import('./secrets/close-run.js');
  try {
    await noteRemainingRows();
  } finally {
    await stopCluster();
  }
  await reportLeaks();
}
